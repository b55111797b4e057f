package nats

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"lector"
)

// lookEvery is how often the embedded server's health is looked at.
const lookEvery = 2 * time.Second

// Healthy says what is wrong with the server; nil is well. Whoever publishes to
// a stream that cannot be written hears nothing at all.
func (e *Embedded) Healthy() error {
	h := e.server.Healthz(&server.HealthzOptions{})
	if h.Status == "ok" {
		return nil
	}
	return lector.Hint(fmt.Errorf("embedded NATS: %s", h.Error), "is the disk of %s full? Free some space: the work goes on by itself", e.dir)
}

// heal starts JetStream anew when it could not write and there is space again:
// a stream whose disk was full once stays dead otherwise, until the process
// ends. What was confirmed is all there afterwards.
func (e *Embedded) heal(ctx context.Context, log *slog.Logger) {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for ill := (illness{}); ; {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		err := e.Healthy()
		grave, news := ill.look(err)
		if news {
			log.Error("NATS does not write", "error", err, "hint", lector.HintOf(err))
		}
		if grave && e.roomy() == nil {
			err := e.restartJetStream()
			log.Warn("there is space again: JetStream was started anew", "error", err)
			ill = illness{}
		}
	}
}

// illness is a fault that was found at each of the last looks.
type illness struct {
	fault string
	looks int
}

// look takes what a look has found, nil for nothing, and reports whether the
// fault is there to stay, and whether that is known since this look.
func (i *illness) look(err error) (grave, news bool) {
	if err == nil {
		*i = illness{}
		return false, false
	}
	if err.Error() != i.fault {
		*i = illness{fault: err.Error()}
	}
	i.looks++
	return i.looks >= patience(i.fault), i.looks == patience(i.fault)
}

// patience is at how many looks in a row a fault is believed. A stream that is
// being created counts as one that could not be recovered, and on a busy
// machine that takes many seconds: starting anew would break it off.
func patience(fault string) int {
	if strings.Contains(fault, "could not be recovered") {
		return 30
	}
	return 2
}

// roomy writes and removes as much as a stream may want next.
func (e *Embedded) roomy() error {
	f, err := os.CreateTemp(e.dir, ".room-*")
	if err != nil {
		return err
	}
	_, err = f.Write(make([]byte, 1<<20))
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close(), os.Remove(f.Name()))
}

func (e *Embedded) restartJetStream() error {
	if err := e.server.ShutdownJetStream(); err != nil {
		return err
	}
	return e.server.EnableJetStream(&server.JetStreamConfig{StoreDir: e.dir})
}

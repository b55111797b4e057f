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

// healthInterval is how often the health of the embedded server is checked.
const healthInterval = 2 * time.Second

// Healthy returns what is wrong with the server, or nil. A publish to a stream
// that cannot be written gets no answer, so this is the only sign.
func (e *Embedded) Healthy() error {
	h := e.server.Healthz(&server.HealthzOptions{})
	if h.Status == "ok" {
		return nil
	}
	return lector.Hint(fmt.Errorf("embedded NATS: %s", h.Error),
		"is the disk of %s full? Free some space: the work goes on by itself", e.dir)
}

// monitor starts JetStream anew when it could not write and there is space again:
// a stream whose disk was full once stays dead otherwise, until the process
// ends. What was confirmed is all there afterwards.
func (e *Embedded) monitor(ctx context.Context, log *slog.Logger) {
	tick := time.NewTicker(healthInterval)
	defer tick.Stop()
	for streak := (faultStreak{}); ; {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		err := e.Healthy()
		persistent, first := streak.observe(err)
		if first {
			log.Error("NATS does not write", "error", err, "hint", lector.HintOf(err))
		}
		if persistent && e.checkSpace() == nil {
			err := e.restartJetStream()
			log.Warn("disk space is available again: JetStream was restarted", "error", err)
			streak = faultStreak{}
		}
	}
}

// faultStreak is a fault that was found at each of the last checks.
type faultStreak struct {
	fault string
	count int
}

// observe records the result of a check, nil for none, and reports whether the
// fault persists, and whether this check is the first to find so.
func (i *faultStreak) observe(err error) (persistent, first bool) {
	if err == nil {
		*i = faultStreak{}
		return false, false
	}
	if err.Error() != i.fault {
		*i = faultStreak{fault: err.Error()}
	}
	i.count++
	return i.count >= faultThreshold(i.fault), i.count == faultThreshold(i.fault)
}

// faultThreshold is after how many checks in a row a fault counts as persistent. A stream that is
// being created counts as one that could not be recovered, and on a busy
// machine that takes many seconds: starting anew would break it off.
func faultThreshold(fault string) int {
	if strings.Contains(fault, "could not be recovered") {
		return 30
	}
	return 2
}

// checkSpace writes and removes a megabyte, about what a stream needs next.
func (e *Embedded) checkSpace() error {
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

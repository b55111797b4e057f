package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// broker is the CMS's and the checker's own way to NATS, past the proxies and
// past Lector's own client.
type broker struct {
	nc *nats.Conn
	js jetstream.JetStream
}

// login finds the name and password of a server that makes new ones at each start.
type login func() (user, password string)

// accessFile reads the login that lector serve keeps beside its streams.
func accessFile(data string) login {
	return func() (user, password string) {
		var a struct{ User, Password string }
		text, err := os.ReadFile(filepath.Join(data, "nats", "access.json"))
		if err != nil || json.Unmarshal(text, &a) != nil {
			return "", ""
		}
		return a.User, a.Password
	}
}

// connect connects for the whole run, through all restarts of the servers.
func connect(urls string, l login) (*broker, error) {
	opts := []nats.Option{
		nats.Name("chaos"), nats.MaxReconnects(-1), nats.ReconnectWait(250 * time.Millisecond), nats.Timeout(2 * time.Second),
		nats.PingInterval(2 * time.Second), nats.MaxPingsOutstanding(2), nats.RetryOnFailedConnect(true), nats.IgnoreAuthErrorAbort(),
		nats.ErrorHandler(func(*nats.Conn, *nats.Subscription, error) {}), // faults are on purpose
	}
	if l != nil {
		opts = append(opts, nats.UserInfoHandler(nats.UserInfoCB(l)))
	}
	nc, err := nats.Connect(urls, opts...)
	if err != nil {
		return nil, fmt.Errorf("connect to NATS: %w", err)
	}
	js, err := jetstream.New(nc)
	if err != nil {
		nc.Close()
		return nil, err
	}
	return &broker{nc, js}, nil
}

func (b *broker) close() { b.nc.Close() }

// publish sends a message until the stream has confirmed it.
func (b *broker) publish(ctx context.Context, m *nats.Msg) (*jetstream.PubAck, error) {
	for {
		short, cancel := context.WithTimeout(ctx, 5*time.Second)
		ack, err := b.js.PublishMsg(short, m)
		cancel()
		switch {
		case err == nil:
			return ack, nil
		case ctx.Err() != nil, errors.Is(err, nats.ErrMaxPayload):
			return nil, err
		}
		if err := pause(ctx, 250*time.Millisecond); err != nil {
			return nil, err
		}
	}
}

// onAnnouncement hears of audio events as they are sent.
func (b *broker) onAnnouncement(do func()) error {
	_, err := b.nc.Subscribe("audio.v1.>", func(*nats.Msg) { do() })
	return err
}

// ready reports whether JetStream answers.
func (b *broker) ready(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	_, err := b.js.AccountInfo(ctx)
	return err == nil
}

// leader is the name of the server that leads a stream, or "".
func (b *broker) leader(ctx context.Context, stream string) string {
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	answer, err := b.nc.RequestWithContext(ctx, "$JS.API.STREAM.INFO."+stream, nil)
	if err != nil {
		return ""
	}
	var info struct {
		Cluster struct {
			Leader string `json:"leader"`
		} `json:"cluster"`
	}
	if json.Unmarshal(answer.Data, &info) != nil {
		return ""
	}
	return info.Cluster.Leader
}

// stored is one message of a stream.
type stored struct {
	subject  string
	sequence uint64
	at       time.Time
	header   nats.Header
	data     []byte
}

// read returns all that a stream holds.
func (b *broker) read(ctx context.Context, stream string) ([]stored, error) {
	s, err := b.js.Stream(ctx, stream)
	if err != nil {
		return nil, fmt.Errorf("stream %s: %w", stream, err)
	}
	info, err := s.Info(ctx)
	if err != nil {
		return nil, fmt.Errorf("stream %s: %w", stream, err)
	}
	var all []stored
	for n := max(info.State.FirstSeq, 1); n <= info.State.LastSeq; n++ {
		m, err := s.GetMsg(ctx, n)
		if errors.Is(err, jetstream.ErrMsgNotFound) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("stream %s, message %d: %w", stream, n, err)
		}
		all = append(all, stored{m.Subject, n, m.Time, m.Header, m.Data})
	}
	return all, nil
}

// headerOf reads a header in whatever case it has.
func headerOf(h nats.Header, name string) string {
	for k, v := range h {
		if strings.EqualFold(k, name) && len(v) > 0 {
			return v[0]
		}
	}
	return ""
}

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

// broker is the direct connection to NATS of the CMS and the checker: without the
// proxies and without Lector's own client.
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

// streamInfo is what the leader of a stream says of it.
type streamInfo struct {
	Cluster struct {
		Leader string `json:"leader"`
	} `json:"cluster"`
	State struct {
		First uint64 `json:"first_seq"`
		Last  uint64 `json:"last_seq"`
	} `json:"state"`
}

// leader is the name of the server that leads the stream of articles, or "".
func (b *broker) leader(ctx context.Context) string {
	var info streamInfo
	if b.ask(ctx, "STREAM.INFO.ARTICLES", nil, &info) != nil {
		return ""
	}
	return info.Cluster.Leader
}

// deleteConsumers deletes the consumers of a stream, as a mistaken operator might.
// Without a leader there is nothing that could be deleted.
func (b *broker) deleteConsumers(ctx context.Context, stream string) error {
	var names struct {
		Consumers []string `json:"consumers"`
	}
	err := b.ask(ctx, "CONSUMER.NAMES."+stream, nil, &names)
	for _, name := range names.Consumers {
		var answer struct{}
		err = errors.Join(err, b.ask(ctx, "CONSUMER.DELETE."+stream+"."+name, nil, &answer))
	}
	return err
}

// ask makes a request of JetStream, which the leader answers.
func (b *broker) ask(ctx context.Context, api string, request, answer any) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	var body []byte // some requests must be empty
	if request != nil {
		var err error
		if body, err = json.Marshal(request); err != nil {
			return err
		}
	}
	m, err := b.nc.RequestWithContext(ctx, "$JS.API."+api, body)
	if err != nil {
		return fmt.Errorf("%s: %w", api, err)
	}
	var failed struct {
		Error *jetstream.APIError `json:"error"`
	}
	if err := errors.Join(json.Unmarshal(m.Data, &failed), json.Unmarshal(m.Data, answer)); err != nil {
		return fmt.Errorf("%s: %w", api, err)
	}
	if failed.Error != nil {
		return failed.Error
	}
	return nil
}

// stored is one message of a stream.
type stored struct {
	subject  string
	sequence uint64
	at       time.Time
	header   nats.Header
	data     []byte
}

// read returns all that a stream holds, from its leader: others may be behind.
func (b *broker) read(ctx context.Context, stream string) ([]stored, error) {
	var info streamInfo
	if err := b.ask(ctx, "STREAM.INFO."+stream, nil, &info); err != nil {
		return nil, err
	}
	var all []stored
	for n := max(info.State.First, 1); n <= info.State.Last; n++ {
		m, err := b.message(ctx, stream, n)
		var failed *jetstream.APIError
		if errors.As(err, &failed) && failed.ErrorCode == jetstream.JSErrCodeMessageNotFound {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("stream %s, message %d: %w", stream, n, err)
		}
		all = append(all, m)
	}
	return all, nil
}

// message returns one message of a stream.
func (b *broker) message(ctx context.Context, stream string, sequence uint64) (stored, error) {
	var answer struct {
		Message struct {
			Subject string    `json:"subject"`
			Time    time.Time `json:"time"`
			Header  []byte    `json:"hdrs"`
			Data    []byte    `json:"data"`
		} `json:"message"`
	}
	if err := b.ask(ctx, "STREAM.MSG.GET."+stream, map[string]uint64{"seq": sequence}, &answer); err != nil {
		return stored{}, err
	}
	m := answer.Message
	s := stored{subject: m.Subject, sequence: sequence, at: m.Time, data: m.Data, header: nats.Header{}}
	if len(m.Header) == 0 {
		return s, nil
	}
	header, err := nats.DecodeHeadersMsg(m.Header)
	s.header = header
	return s, err
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

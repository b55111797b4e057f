package main

import (
	"encoding/json"
	"time"

	"github.com/nats-io/nats.go"

	"lector"
)

// event is one announcement of a CMS, to be sent at a moment of the run.
type event struct {
	at      time.Duration
	id      string // of the CloudEvent; all copies have the same
	kind    lector.EventType
	article lector.Article
	lane    lector.Lane   // that the event names; it names none for the normal one
	skew    time.Duration // of the CMS's clock
	copies  int           // how often it is sent at once
	noID    bool          // without the broker's message id, so that nothing else drops copies
}

// message is the event in binary mode (CloudEvents NATS binding 1.0.2).
func (e event) message(now time.Time) (*nats.Msg, error) {
	a := e.article
	a.UpdatedAt = now.Add(e.skew).UTC()
	data, err := json.Marshal(a)
	if err != nil {
		return nil, err
	}
	m := nats.NewMsg(lector.ArticleSubject(a.Site, a.Key()))
	m.Data = data
	m.Header = ceHeader(e.id, string(e.kind), now)
	if e.lane != lector.Normal {
		m.Header.Set("ce-lane", e.lane.String())
	}
	if !e.noID {
		m.Header.Set(nats.MsgIdHdr, "chaos|"+e.id)
	}
	return m, nil
}

// ceHeader is the header of an event that is as it should be.
func ceHeader(id, kind string, at time.Time) nats.Header {
	return nats.Header{
		"ce-specversion": {"1.0"}, "ce-id": {id}, "ce-source": {"chaos"}, "ce-type": {kind},
		"ce-time": {at.UTC().Format(time.RFC3339Nano)}, "content-type": {"application/json"},
	}
}

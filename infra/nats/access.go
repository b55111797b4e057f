package nats

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"iter"
	"slices"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"lector"
)

// AccessToken returns the token with a hash, or lector.ErrNotFound.
func (c *Conn) AccessToken(ctx context.Context, hash string) (lector.AccessToken, error) {
	m, err := c.lastMessage(ctx, "KV_"+access, "$KV."+access+"."+token(hash))
	if err == nil && m.deleted() {
		err = lector.ErrNotFound
	}
	if err != nil {
		return lector.AccessToken{}, brokerError("access token", err)
	}
	return decodeToken(m.Data)
}

func decodeToken(data []byte) (t lector.AccessToken, err error) {
	if err = json.Unmarshal(data, &t); err != nil {
		err = fmt.Errorf("access token: %w", err)
	}
	return t, err
}

// AccessTokens returns all tokens that were not revoked, the newest first. It needs the
// rights of the role setup, as does whatever changes them.
func (c *Conn) AccessTokens(ctx context.Context) (all []lector.AccessToken, err error) {
	ctx, cancel := withDefaultTimeout(ctx)
	defer cancel()
	b, err := c.bucket(ctx, access)
	if err != nil {
		return nil, err
	}
	for entry, err := range b.entries(ctx, ">") {
		if err != nil {
			return nil, brokerError("access tokens", err)
		}
		t, err := decodeToken(entry.Value())
		if err != nil {
			return nil, err
		}
		all = append(all, t)
	}
	slices.SortFunc(all, func(a, b lector.AccessToken) int {
		return cmp.Or(b.Created.Compare(a.Created), cmp.Compare(a.ID, b.ID))
	})
	return all, nil
}

// AddAccessToken stores a token.
func (c *Conn) AddAccessToken(ctx context.Context, t lector.AccessToken) error {
	ctx, cancel := withDefaultTimeout(ctx)
	defer cancel()
	b, err := c.bucket(ctx, access)
	if err != nil {
		return err
	}
	data, err := json.Marshal(t)
	if err == nil {
		_, err = b.kv.Create(ctx, t.Hash, data)
	}
	return brokerError("access token "+t.ID, err)
}

// RevokeAccessToken removes a token: it counts from the next request on.
func (c *Conn) RevokeAccessToken(ctx context.Context, t lector.AccessToken) error {
	ctx, cancel := withDefaultTimeout(ctx)
	defer cancel()
	b, err := c.bucket(ctx, access)
	if err != nil {
		return err
	}
	return brokerError("access token "+t.ID, b.kv.Purge(ctx, t.Hash))
}

// RecordAudit appends an entry to the audit, where nothing is ever changed or removed
// but by age.
func (c *Conn) RecordAudit(ctx context.Context, e lector.AuditEntry) error {
	if !c.Connected() { // it would be kept, and sent when the caller has long given up
		return brokerError("audit", nats.ErrDisconnected)
	}
	ctx, cancel := withDefaultTimeout(ctx)
	defer cancel()
	data, err := json.Marshal(e)
	if err != nil {
		return err
	}
	ctx, refused := c.untilRefused(ctx)
	defer refused()
	m := nats.NewMsg(auditPrefix + token(e.Action))
	m.Data = data
	sum := sha256.Sum256(data) // what is sent again is one entry
	_, err = c.js.PublishMsg(ctx, m, jetstream.WithMsgID(hex.EncodeToString(sum[:])))
	return brokerError("audit", publishHint(err))
}

// AuditEntries yields the entries that a query selects, the oldest first, and ends with the
// first error.
func (c *Conn) AuditEntries(ctx context.Context, q lector.AuditQuery) iter.Seq2[lector.AuditEntry, error] {
	return func(yield func(lector.AuditEntry, error) bool) {
		for m, err := range stored(ctx, c.js, audit, auditConsumer(q)) {
			if err != nil {
				yield(lector.AuditEntry{}, brokerError("audit", err))
				return
			}
			e, err := auditEntryOf(m)
			if err == nil && !q.Matches(e) {
				continue
			}
			if !yield(e, err) || err != nil {
				return
			}
		}
	}
}

func auditEntryOf(m jetstream.Msg) (e lector.AuditEntry, err error) {
	meta, err := m.Metadata()
	if err == nil {
		err = json.Unmarshal(m.Data(), &e)
	}
	if err != nil {
		return lector.AuditEntry{}, fmt.Errorf("audit: %w", err)
	}
	e.Sequence = meta.Sequence.Stream
	return e, nil
}

// auditConsumer has the server pass over what a query does not select, as far as it can
// tell.
func auditConsumer(q lector.AuditQuery) jetstream.OrderedConsumerConfig {
	config := jetstream.OrderedConsumerConfig{}
	if q.Action != "" {
		config.FilterSubjects = []string{auditPrefix + token(q.Action)}
	}
	if !q.Since.IsZero() { // an entry is stored after its time
		since := q.Since.Add(-maxClockSkew)
		config.DeliverPolicy, config.OptStartTime = jetstream.DeliverByStartTimePolicy, &since
	}
	return config
}

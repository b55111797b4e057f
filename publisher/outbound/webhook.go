package outbound

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"lector"
	"lector/publisher/intake/webhook"
)

// Client makes requests, and follows no redirects.
type Client interface {
	Send(r *http.Request) (status int, header http.Header, err error)
}

// Webhook posts audio events by the rules of Standard Webhooks, as
//
//	{"type": "audio.ready", "timestamp": "2026-11-28T12:00:00Z", "data": {…}}
//
// whose data are those of the audio event.
type Webhook struct {
	Client Client
	URL    string
	// Secrets returns those that hold now: each signs, so that a receiver that knows any
	// one of them is content while one is replaced. An error says which cannot be read.
	Secrets func() ([]string, error)
	Now     func() time.Time // nil: time.Now
}

// types are those of webhooks.
var types = map[string]string{
	lector.AudioReady: "audio.ready", lector.AudioFailed: "audio.failed", lector.AudioRemoved: "audio.removed",
}

// Send implements Sender. The same event has the same webhook-id, however often it is sent.
func (w Webhook) Send(ctx context.Context, n lector.Notification) error {
	body, err := json.Marshal(struct {
		Type      string            `json:"type"`
		Timestamp time.Time         `json:"timestamp"`
		Data      lector.AudioEvent `json:"data"`
	}{types[n.Event.Type], n.Event.Time, n.Event})
	if err != nil {
		return lector.Permanent(err)
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, w.URL, bytes.NewReader(body))
	if err != nil {
		return lector.Permanent(errors.New("its address cannot be read"))
	}
	if err := w.sign(r.Header, webhookID(n.Event.ID), body); err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/json")
	return ask(w.Client, r)
}

// webhookID is the id of an event: letters and digits, since a dot would end it in what
// is signed.
func webhookID(event string) string {
	sum := sha256.Sum256([]byte(event))
	return "evt_" + strings.ToLower(base32.StdEncoding.EncodeToString(sum[:]))[:26]
}

func (w Webhook) sign(h http.Header, id string, body []byte) error {
	now := time.Now
	if w.Now != nil {
		now = w.Now
	}
	at := strconv.FormatInt(now().Unix(), 10)
	secrets, err := w.Secrets()
	var signatures []string
	for _, secret := range secrets {
		key, keyErr := webhook.Headers{}.Key(secret)
		if keyErr != nil || len(key) == 0 {
			err = errors.Join(err, keyErr)
			continue
		}
		mac := hmac.New(sha256.New, key)
		fmt.Fprintf(mac, "%s.%s.%s", id, at, body)
		signatures = append(signatures, "v1,"+base64.StdEncoding.EncodeToString(mac.Sum(nil)))
	}
	if len(signatures) == 0 {
		return errors.Join(errors.New("no secret can be read"), err)
	}
	h.Set("Webhook-Id", id)
	h.Set("Webhook-Timestamp", at)
	h.Set("Webhook-Signature", strings.Join(signatures, " "))
	return nil
}

// ask makes a request that any answer of 200 to 299 ends well.
func ask(c Client, r *http.Request) error {
	setTrace(r)
	status, header, err := c.Send(r)
	if err != nil {
		return err
	}
	err = fmt.Errorf("it answered %d %s", status, http.StatusText(status))
	switch {
	case status >= 200 && status < 300:
		return nil
	case status == http.StatusGone: // it wants to hear no more
		return lector.Permanent(err)
	case status == http.StatusTooManyRequests, status == http.StatusServiceUnavailable:
		return lector.Throttled(err, retryAfter(header.Get("Retry-After"), time.Now()))
	}
	return err
}

// retryAfter reads the header of that name: seconds or a date. Anything else is 0.
func retryAfter(text string, now time.Time) time.Duration {
	if seconds, err := strconv.ParseUint(text, 10, 31); err == nil {
		return time.Duration(seconds) * time.Second
	}
	if at, err := http.ParseTime(text); err == nil {
		return max(0, at.Sub(now))
	}
	return 0
}

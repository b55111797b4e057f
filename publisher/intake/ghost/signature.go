// Package ghost reads the webhooks of Ghost 5.87.1 and later, and the posts of its
// Admin API, which look the same.
package ghost

import (
	"encoding/hex"
	"errors"
	"net/http"
	"regexp"
	"strconv"
	"sync"
	"time"

	"lector/publisher/intake"
)

// Source reads Ghost's webhooks.
type Source struct{}

// Key is the secret as it is.
func (Source) Key(secret string) ([]byte, error) { return []byte(secret), nil }

// signature is the form of X-Ghost-Signature: an HMAC-SHA256 over the body and the
// time in milliseconds, with nothing between them.
var signature = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^sha256=([0-9a-f]{64}), ?t=([0-9]{1,18})$`)
})

// Signature reads the header that Ghost adds to webhooks with a secret.
func (Source) Signature(h http.Header) (s intake.Signature, err error) {
	values := h.Values("X-Ghost-Signature")
	if len(values) != 1 {
		return s, errors.New("there is no X-Ghost-Signature: the webhook has no secret in Ghost; or there are two")
	}
	m := signature().FindStringSubmatch(values[0])
	if m == nil {
		return s, errors.New("X-Ghost-Signature is not of the form sha256=…, t=… with a time in milliseconds")
	}
	mac, err := hex.DecodeString(m[1])
	if err != nil {
		return s, err
	}
	ms, err := strconv.ParseInt(m[2], 10, 64)
	return intake.Signature{Time: time.UnixMilli(ms), After: m[2], MACs: [][]byte{mac}}, err
}

package intake

import (
	"crypto/hmac"
	"crypto/sha256"
	"hash"
	"time"
)

// replayWindow is how far the time of a signature may be from now. What was sent once
// more within it has the same event ID, which the broker knows for twice as long.
const replayWindow = 5 * time.Minute

// inWindow reports whether a delivery may have been sent at t.
func inWindow(t, now time.Time) bool {
	return !t.Before(now.Add(-replayWindow)) && !t.After(now.Add(replayWindow))
}

// verifier computes the signatures of a body, as it is written, with each of the keys
// of a site.
type verifier []hash.Hash

func newVerifier(keys [][]byte, before string) (v verifier) {
	for _, key := range keys {
		mac := hmac.New(sha256.New, key)
		mac.Write([]byte(before))
		v = append(v, mac)
	}
	return v
}

// Write adds to the body.
func (v verifier) Write(p []byte) (int, error) {
	for _, mac := range v {
		mac.Write(p)
	}
	return len(p), nil
}

// match returns the one of the signatures that is right, or nil. It takes the same
// time whichever is right, and whether one is.
func (v verifier) match(s Signature) (right []byte) {
	for _, mac := range v {
		mac.Write([]byte(s.After))
		sum := mac.Sum(nil)
		for _, given := range s.MACs {
			if hmac.Equal(sum, given) {
				right = given
			}
		}
	}
	return right
}

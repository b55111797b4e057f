package intake

import (
	"context"
	"errors"
	"net/http"
	"time"

	"lector"
	"lector/publisher/intake/strip"
)

// Source is a kind of sender: how it signs and what it says.
type Source interface {
	// Key returns the key of a secret as the sender's owner writes it down.
	Key(secret string) ([]byte, error)
	// Signature returns what the headers of a request say of its signature. An error is
	// a refusal, and its text is for the sender.
	Signature(h http.Header) (Signature, error)
	// Keep names what Event wants of the body. Nothing else of it is ever held.
	Keep() strip.Keep
	// Event makes the event of a delivery whose signature is right. It is ErrIgnored if
	// the delivery concerns no article; any other error is a fault of the body.
	Event(d Delivery) (lector.ArticleEvent, error)
}

// ErrIgnored is the error of a delivery that is good and needs nothing done.
var ErrIgnored = errors.New("ignored")

// Signature is what a sender has signed: HMAC-SHA256 over Before, the body and After.
type Signature struct {
	ID            string    // names the delivery, however often it is sent; empty where the sender has none
	Time          time.Time // when it was sent
	Before, After string    // what is signed around the body
	MACs          [][]byte  // any one that is right will do
}

// Delivery is a webhook that is known to come from the site's CMS.
type Delivery struct {
	Site    string    // as configured
	SiteURL string    // the publication's own address; may be empty
	ID      string    // the same whenever this delivery is sent again
	Time    time.Time // when it was sent, by the sender's clock
	Body    []byte    // what Keep names of the body, as JSON
}

// Publisher stores article events for the workers.
type Publisher interface {
	// Publish returns when the event is stored, and where. An error that is permanent is a
	// fault of the event; any other may pass. The same event is stored once in ten minutes.
	Publish(ctx context.Context, e lector.ArticleEvent) (sequence uint64, err error)
}

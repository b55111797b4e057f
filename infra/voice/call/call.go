package call

import (
	"bytes"
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"time"

	"lector"
)

// maxAnswer bounds the bytes of an answer: an hour of MP3 at 128 kbit/s, or twenty
// minutes of WAV.
const maxAnswer = 64 << 20

// defaultTimeout is how long a call may take where nothing else is set.
const defaultTimeout = 90 * time.Second

// Client makes calls to one server.
type Client struct {
	HTTP    *http.Client  // nil: NewHTTP()
	Timeout time.Duration // of one whole call; 0 is 90 s
	Secret  Secret        // kept out of every error
	// Explain reads the body of a refusal; nil, and an answer of "", leave it
	// to the status. It may return a Refusal of its own in place of the
	// status's.
	Explain func(status int, body []byte) Refusal
}

// Answer is the whole of a good answer.
type Answer struct {
	Header http.Header
	Body   []byte
}

// NewHTTP returns an HTTP client that follows no redirect, so that
// a key is sent to no other host than the configured one.
func NewHTTP() *http.Client {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.MaxIdleConnsPerHost, t.MaxIdleConns = 64, 256
	t.ResponseHeaderTimeout = defaultTimeout
	return &http.Client{
		Transport:     t,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// Post sends a body and returns the whole answer of status 200. Any other
// status is an error as its Refusal says. A call that was sent and not
// answered is lector.Unanswered; one whose answer broke off is transient, with
// the header for what it cost.
func (c *Client) Post(ctx context.Context, address string, header http.Header, body []byte) (Answer, error) {
	a, err := c.post(ctx, address, header, body)
	return a, c.Redact(err)
}

func (c *Client) post(ctx context.Context, address string, header http.Header, body []byte) (Answer, error) {
	limit := cmp.Or(c.Timeout, defaultTimeout)
	short, cancel := context.WithTimeoutCause(ctx, limit, fmt.Errorf("no whole answer within %v", limit))
	defer cancel()
	r, err := http.NewRequestWithContext(short, http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		return Answer{}, lector.Permanent(fmt.Errorf("url: %w", maskURL(err)))
	}
	r.Header = header.Clone()
	answer, err := c.HTTP.Do(r)
	if err != nil {
		return Answer{}, c.explainNoAnswer(ctx, short, err)
	}
	defer answer.Body.Close()
	data, err := io.ReadAll(io.LimitReader(answer.Body, maxAnswer+1))
	if answer.StatusCode != http.StatusOK {
		return Answer{}, c.refusal(answer, data).Err(answer.StatusCode)
	}
	got := Answer{answer.Header, data}
	switch {
	case len(data) > maxAnswer:
		return got, TooLargeError(maxAnswer)
	case err == nil: // whole, and paid for: no matter whose time is over
		return got, nil
	case ctx.Err() != nil:
		return got, context.Cause(ctx)
	case short.Err() != nil:
		return got, TimeoutError(context.Cause(short))
	}
	return got, TruncatedError(len(data), err)
}

// NotSentError returns err with what to do about it if it is from before the
// request was sent, so that nothing can have been billed; else nil.
func NotSentError(err error) error {
	var op *net.OpError
	switch {
	case errors.As(err, &op) && (op.Op == "dial" || op.Op == "proxyconnect"):
		return notReached(op, "is the server up, its address right, and the network or the proxy too?")
	case errors.As(err, new(*tls.CertificateVerificationError)), errors.As(err, new(tls.RecordHeaderError)):
		return notReached(err, "the server's certificate is not trusted here, or it speaks no https: check the address")
	}
	return nil
}

func notReached(err error, hint string) error {
	return voiceDown(fmt.Errorf("not reached: %w", err), hint)
}

// voiceDown marks the error of a server that gives no speech at the moment.
func voiceDown(err error, hint string) error {
	return lector.WithClass(lector.Hint(err, "%s", hint), lector.ClassVoiceDown)
}

// TimeoutError is the end of a call that took too long.
func TimeoutError(err error) error {
	return voiceDown(err, "is the server overloaded? If it needs that long, raise timeout: of this voice, or set a smaller max_chars")
}

// TruncatedError is an answer that broke off after so many bytes.
func TruncatedError(bytes int, err error) error {
	return voiceDown(fmt.Errorf("the answer broke off after %d bytes: %w", bytes, err),
		"the server or a proxy before it gave up: see its log")
}

// TooLargeError is an answer of more bytes than any speech has.
func TooLargeError(most int) error {
	return lector.Permanent(lector.Hint(fmt.Errorf("the answer is larger than %d MB", most>>20),
		"set a smaller max_chars for this voice, and see what it sends"))
}

// UnansweredError is a call that was sent and not answered.
func UnansweredError(err error) error {
	return lector.Unanswered(voiceDown(fmt.Errorf("no answer: %w", err),
		"the server or a proxy before it closed the connection: see its log"))
}

// explainNoAnswer explains a call without an answer.
func (c *Client) explainNoAnswer(ctx, short context.Context, err error) error {
	if ctx.Err() != nil {
		return lector.Unanswered(context.Cause(ctx))
	}
	err = maskURL(err)
	if err := NotSentError(err); err != nil {
		return err
	}
	if short.Err() != nil {
		return lector.Unanswered(TimeoutError(context.Cause(short)))
	}
	return UnansweredError(err)
}

// maskURL is err without the query of the address that it quotes, in which some
// services take a key.
func maskURL(err error) error {
	var quotes *url.Error
	if errors.As(err, &quotes) {
		return &url.Error{Op: quotes.Op, URL: lector.MaskAddress(quotes.URL), Err: quotes.Err}
	}
	return err
}

// Redact removes the secret from the text of an error, whose class stays.
func (c *Client) Redact(err error) error {
	if err == nil || c.Secret.Empty() || c.Secret.redact(err.Error()) == err.Error() {
		return err
	}
	return redactedError{err, c.Secret.redact(err.Error())}
}

type redactedError struct {
	error
	text string
}

// Error returns the text without the secret.
func (c redactedError) Error() string { return c.text }

// Unwrap returns the error with its secret, for errors.Is and errors.As.
func (c redactedError) Unwrap() error { return c.error }

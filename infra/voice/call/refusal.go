package call

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"lector"
	"lector/infra/voice/sound"
)

// Kind is the class of a refusal.
type Kind int

// The kinds of refusals.
const (
	unclassified Kind = iota // by status
	Permanent                // the same call is refused again
	Denied                   // any call is refused, whatever its text: the account or the settings
	Transient                // the same call may pass
	Throttled                // it may pass later
	Quota                    // it passes when somebody pays or a period ends
)

// Refusal is a status other than 200, explained.
type Refusal struct {
	Kind       Kind
	Reason     string        // in the server's words
	Hint       string        // what the operator can do
	RetryAfter time.Duration // for Throttled: when to come back
}

// quotaWait is how long an article waits before an exhausted quota is tried again.
const quotaWait = 15 * time.Minute

// refusal reads an answer of another status than 200.
func (c *Client) refusal(r *http.Response, body []byte) Refusal {
	var f Refusal
	if c.Explain != nil {
		f = c.Explain(r.StatusCode, body)
	}
	plain := ByStatus(r)
	if plain.Kind == Quota {
		f.Kind = Quota // whatever else the body calls it
	}
	if f.Kind = cmp.Or(f.Kind, plain.Kind); f.Kind == plain.Kind {
		f.Hint = cmp.Or(f.Hint, plain.Hint)
	}
	f.RetryAfter = max(f.RetryAfter, plain.RetryAfter)
	if f.Reason = cmp.Or(f.Reason, plain.Reason); f.Reason == "" && len(body) > 0 {
		f.Reason = sound.Excerpt(body)
	}
	f.Reason = oneLine(f.Reason)
	return f
}

// oneLine cuts a message of a server to one line of at most 300 characters.
func oneLine(text string) string {
	const most = 300
	text = strings.Join(strings.Fields(strings.ToValidUTF8(text, "?")), " ")
	if r := []rune(text); len(r) > most {
		text = string(r[:most]) + "…"
	}
	return text
}

// ByStatus tells what an answer means where its body says nothing better.
func ByStatus(r *http.Response) Refusal {
	f := byStatus(r)
	f.RetryAfter = RetryAfter(r.Header, time.Now())
	return f
}

func byStatus(r *http.Response) Refusal {
	switch code := r.StatusCode; {
	case code == http.StatusUnauthorized, code == http.StatusForbidden:
		return Refusal{Kind: Denied, Hint: "check the API key of this voice and what it may do"}
	case code == http.StatusPaymentRequired:
		return Refusal{Kind: Quota}
	case code == http.StatusNotFound:
		return Refusal{Kind: Denied, Hint: "check url, model and voice of this voice"}
	case code == http.StatusRequestEntityTooLarge:
		return Refusal{Kind: Permanent, Hint: "set a smaller max_chars for this voice"}
	case code == http.StatusTooManyRequests:
		return Refusal{Kind: Throttled}
	case code == http.StatusRequestTimeout, code == http.StatusConflict, code == http.StatusTooEarly, code >= 500:
		return Refusal{Kind: Transient}
	case code < 300:
		return Refusal{Kind: Denied, Hint: "set the url of this voice to where it speaks: this answers, but not with audio"}
	case code >= 300 && code < 400:
		return Refusal{
			Kind: Denied, Reason: "redirects to " + redirectHost(r.Header.Get("Location")),
			Hint: "set the url of this voice to where the server really is; redirects are not followed",
		}
	}
	return Refusal{Kind: Permanent}
}

// redirectHost names where a redirect leads, without what else its address may hold.
func redirectHost(location string) string {
	u, err := url.Parse(location)
	if err != nil || u.Host == "" {
		return "elsewhere"
	}
	return u.Host
}

// Err says that a call was refused with the status, in one line.
func (f Refusal) Err(status int) error {
	text := fmt.Sprintf("refused with status %d", status)
	if name := http.StatusText(status); name != "" {
		text += " (" + name + ")"
	}
	if f.Reason != "" {
		text += ": " + f.Reason
	}
	return f.Wrap(fmt.Errorf("%s", text))
}

// Wrap gives err the kind and the hint of the refusal.
func (f Refusal) Wrap(err error) error {
	hint := cmp.Or(f.Hint, defaultHints[f.Kind])
	switch f.Kind {
	case Permanent, unclassified:
		err = lector.Permanent(err)
	case Denied:
		err = lector.WithClass(lector.Permanent(err), lector.ClassVoiceRefused)
	case Transient:
		if f.RetryAfter > 0 { // 503 with Retry-After
			err = lector.Throttled(err, f.RetryAfter)
		}
		err = lector.WithClass(err, lector.ClassVoiceDown)
	case Throttled:
		err = lector.Throttled(err, f.RetryAfter)
	case Quota:
		err = lector.Throttled(err, max(f.RetryAfter, quotaWait))
	}
	return lector.Hint(err, "%s", hint)
}

// defaultHints say what an operator can do about a refusal without a hint of its own.
var defaultHints = map[Kind]string{
	unclassified: refusedHint,
	Permanent:    refusedHint,
	Denied:       refusedHint,
	Transient:    "the service is in trouble and is asked again by itself; if it lasts, see its status page or its log",
	Throttled:    "the service wants fewer calls and is asked again by itself; if it lasts, set a smaller concurrency or per_second for this voice",
	Quota:        "the account's quota is used up: raise it, pay, or wait; the article waits too",
}

const refusedHint = "the service refuses this text or these settings: check model, voice and format of this voice; another voice may read it"

// Package intake answers the webhooks of CMSs. A request is verified by its signature,
// stripped to what is read of an article, and stored as an article event before it is
// answered. Nothing else of it is kept or logged.
package intake

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"net/http"
	"strconv"
	"time"

	"golang.org/x/sync/semaphore"
	"golang.org/x/time/rate"

	"lector"
)

// Hook is what comes in at one address: the webhooks of one source to one site.
type Hook struct {
	// Secrets returns those that hold now: several while one is replaced by the next. An
	// error says which cannot be read; the others hold.
	Secrets func() ([]string, error)
	// PerSecond is how many deliveries are taken in a second, in the long run; 0 is 100.
	// Ten times as many may come at once.
	PerSecond float64
}

// Site is a publication that has hooks, by the names of their sources.
type Site struct {
	URL   string // its own address; may be empty
	Hooks map[string]Hook
}

// Config is what the handler needs.
type Config struct {
	Sites     map[string]Site
	Sources   map[string]Source
	Publisher Publisher
	Answered  func(site, source string, o Outcome, took time.Duration) // called with each answer to a hook; may be nil
	Log       *slog.Logger
	Tracer    *lector.Tracer   // nil: nothing is recorded
	Now       func() time.Time // nil: time.Now
}

// Outcome is what became of a request, for the metrics.
type Outcome string

// The outcomes of requests.
const (
	accepted    Outcome = "accepted"    // stored as an event
	ignored     Outcome = "ignored"     // good, and there is nothing to do
	unsigned    Outcome = "unsigned"    // without a right signature
	stale       Outcome = "stale"       // too old, or from the future
	invalid     Outcome = "invalid"     // signed, and no article can be made of it
	unsupported Outcome = "unsupported" // not JSON
	oversized   Outcome = "too_large"   // more than is read
	throttled   Outcome = "limited"     // more than the hook's rate
	unavailable Outcome = "unavailable" // it cannot be stored now
)

// Outcomes are all of them.
var Outcomes = []Outcome{accepted, ignored, unsigned, stale, invalid, unsupported, oversized, throttled, unavailable}

// defaultRate is Hook.PerSecond where it is not set.
const defaultRate = 100

// endpoint is a hook at work.
type endpoint struct {
	Hook
	site, siteURL, name string
	source              Source
	limiter             *rate.Limiter
}

type handler struct {
	Config
	endpoints map[string]*endpoint // by source/site
	memory    *semaphore.Weighted
}

// New returns the handler of /hooks/SOURCE/SITE. A source of a site that Config does
// not know is an error.
func New(c Config) (http.Handler, error) {
	if c.Now == nil {
		c.Now = time.Now
	}
	h := &handler{Config: c, endpoints: map[string]*endpoint{}, memory: semaphore.NewWeighted(memory)}
	for site, s := range c.Sites {
		for name, hook := range s.Hooks {
			source, ok := c.Sources[name]
			if !ok {
				return nil, fmt.Errorf("site %s: no webhooks come from %q", site, name)
			}
			if hook.PerSecond == 0 {
				hook.PerSecond = defaultRate
			}
			limiter := rate.NewLimiter(rate.Limit(hook.PerSecond), int(math.Ceil(10*hook.PerSecond)))
			h.endpoints[name+"/"+site] = &endpoint{Hook: hook, site: site, siteURL: s.URL, name: name, source: source, limiter: limiter}
		}
	}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /hooks/{source}/{site}", h.serve)
	return mux, nil
}

func (h *handler) serve(w http.ResponseWriter, r *http.Request) {
	d, ok := h.endpoints[r.PathValue("source")+"/"+r.PathValue("site")]
	if !ok {
		http.Error(w, "no such hook", http.StatusNotFound)
		return
	}
	began := h.Now()
	a := h.take(d, w, r, began)
	if h.Answered != nil {
		h.Answered(d.site, d.name, a.outcome, h.Now().Sub(began))
	}
	if a.outcome != accepted && a.outcome != ignored {
		h.Log.Warn("webhook refused", "site", d.site, "source", d.name, "outcome", a.outcome, "status", a.status)
	}
	a.write(w)
}

// take does what a request asks for that came at a moment.
func (h *handler) take(d *endpoint, w http.ResponseWriter, r *http.Request, began time.Time) answer {
	if err := checkType(r.Header); err != nil {
		return refusal(unsupported, err)
	}
	signature, err := d.source.Signature(r.Header)
	if err != nil {
		return refusal(unsigned, err)
	}
	if !inWindow(signature.Time, h.Now()) {
		return refusal(stale, errors.New("stale"))
	}
	keys, err := h.keys(d)
	if err != nil {
		return refusal(unavailable, err)
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	k := &kept{ctx: r.Context(), memory: h.memory}
	defer k.free()
	mac, err := read(r, k, d.source, keys, signature)
	switch {
	case isTooLarge(err):
		return refusal(oversized, errTooLarge)
	case errors.Is(err, errBusy):
		return refusal(unavailable, errBusy)
	case mac == nil:
		return refusal(unsigned, errors.New("wrong signature"))
	case err != nil:
		return refusal(invalid, err)
	}
	if signature.ID == "" {
		signature.ID = hex.EncodeToString(mac)
	}
	ctx, span := h.startSpan(d, r, began)
	a := h.publish(ctx, d, Delivery{Site: d.site, SiteURL: d.siteURL, ID: signature.ID, Time: signature.Time, Body: k.data})
	endSpan(span, a)
	return a
}

// read reads all of a request's body: what is wanted into k. It returns the signature
// that is right, nil if none is, and why the body is no good one.
func read(r *http.Request, k *kept, source Source, keys [][]byte, s Signature) (mac []byte, err error) {
	b, err := openBody(r, keys, s.Before)
	if err == nil {
		err = b.copyTo(k, source.Keep())
	}
	if isTooLarge(err) || errors.Is(err, errBusy) {
		return nil, err
	}
	return b.match(s), err
}

// keys returns the keys that hold now. Those that cannot be read are logged, and an
// error only when none is left.
func (h *handler) keys(d *endpoint) (keys [][]byte, err error) {
	secrets, err := d.Secrets()
	for _, secret := range secrets {
		key, keyErr := d.source.Key(secret)
		if keyErr == nil && len(key) > 0 {
			keys = append(keys, key)
		}
		err = errors.Join(err, keyErr)
	}
	if err != nil {
		h.Log.Error("secret of a webhook cannot be read", "site", d.site, "source", d.name, "error", err)
	}
	if len(keys) == 0 {
		return nil, errors.New("no secret can be read")
	}
	return keys, nil
}

// publish stores the event of a delivery.
func (h *handler) publish(ctx context.Context, d *endpoint, delivery Delivery) answer {
	if wait := d.wait(h.Now()); wait > 0 {
		a := refusal(throttled, errors.New("too many"))
		a.after = wait
		return a
	}
	e, err := d.source.Event(delivery)
	switch {
	case errors.Is(err, ErrIgnored):
		return answer{status: http.StatusAccepted, outcome: ignored, text: err.Error()}
	case err != nil:
		return refusal(invalid, err)
	}
	e.ID, e.Source, e.Article.Site = delivery.ID, "/hooks/"+d.name+"/"+d.site, d.site
	if e.Time.IsZero() {
		e.Time = delivery.Time
	}
	// The sender may give up meanwhile: what it has sent is worth storing even so.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), publishLimit)
	defer cancel()
	_, err = h.Publisher.Publish(ctx, e)
	switch {
	case lector.IsPermanent(err):
		return refusal(invalid, err)
	case err != nil:
		h.Log.ErrorContext(ctx, "webhook not stored", "site", d.site, "source", d.name, "article", e.Article.Key(), "error", err)
		return refusal(unavailable, errors.New("it cannot be stored now"))
	}
	h.Log.DebugContext(ctx, "webhook", "site", d.site, "source", d.name, "article", e.Article.Key(), "type", e.Type)
	return answer{status: http.StatusAccepted, outcome: accepted, text: "accepted"}
}

// wait is how long the hook's rate limit refuses one more delivery.
func (d *endpoint) wait(now time.Time) time.Duration {
	r := d.limiter.ReserveN(now, 1)
	wait := r.DelayFrom(now)
	if wait > 0 {
		r.CancelAt(now)
	}
	return wait
}

// answer is what a sender gets.
type answer struct {
	status  int
	outcome Outcome
	text    string
	after   time.Duration // until it may be tried again; 0: a second where that can help
}

// statuses are those of refusals. None is 410, which makes some senders forget the hook.
var statuses = map[Outcome]int{
	unsigned: http.StatusUnauthorized, stale: http.StatusUnauthorized, invalid: http.StatusBadRequest,
	unsupported: http.StatusUnsupportedMediaType, oversized: http.StatusRequestEntityTooLarge,
	throttled: http.StatusTooManyRequests, unavailable: http.StatusServiceUnavailable,
}

func refusal(o Outcome, err error) answer {
	return answer{status: statuses[o], outcome: o, text: err.Error()}
}

func (a answer) write(w http.ResponseWriter) {
	h := w.Header()
	h.Set("Content-Type", "text/plain; charset=utf-8")
	h.Set("X-Content-Type-Options", "nosniff")
	if a.outcome == throttled || a.outcome == unavailable {
		h.Set("Retry-After", strconv.Itoa(max(1, int(math.Ceil(a.after.Seconds())))))
	}
	if a.outcome == oversized {
		h.Set("Connection", "close")
	}
	w.WriteHeader(a.status)
	fmt.Fprintln(w, a.text)
}

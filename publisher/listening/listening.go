// Package listening counts how articles are listened to: what players tell, without
// cookies, identifiers or addresses. Nothing of it can be led back to a person; what
// bounds reports forgets within a minute where they came from.
package listening

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"lector"
)

// Outcome says what became of a report.
type Outcome string

// The outcomes.
const (
	counted   Outcome = "counted"   // it is counted
	untracked Outcome = "untracked" // the listener wants no tracking
	robot     Outcome = "robot"     // it comes from no browser
	invalid   Outcome = "invalid"   // no player sends such a one
	unknown   Outcome = "unknown"   // of an article that has no audio
	limited   Outcome = "limited"   // too many
	lost      Outcome = "lost"      // it could not be looked up or kept
)

// Outcomes are all there are.
var Outcomes = []Outcome{counted, untracked, robot, invalid, unknown, limited, lost}

// Ledger keeps the counts.
type Ledger interface {
	// AddListening adds counts of one day to those of an article. What is added under an id
	// that has been added before counts once.
	AddListening(ctx context.Context, site, key, day, id string, l lector.Listening) error
}

// Config is what the counter needs.
type Config struct {
	Sites  []string // whose articles are counted
	Ledger Ledger
	// Audible reports whether the article has audio.
	Audible func(ctx context.Context, site, key string) (bool, error)
	// Answered is told of each report, and of the plays that it began; site is "" where
	// that is none of those.
	Answered func(site string, o Outcome, plays int)
	Log      *slog.Logger
	Now      func() time.Time // nil: time.Now
}

// Counter takes the reports of players at POST /listening/{site}/{key} and adds them up.
type Counter struct {
	Config
	addresses limiter
	sites     map[string]*rate.Limiter
	audible   seen
	waiting   waiting
	failing   bool // the ledger; of Run
}

// New returns a counter. Run keeps what it counts.
func New(c Config) *Counter {
	if c.Now == nil {
		c.Now = time.Now
	}
	k := &Counter{Config: c, sites: map[string]*rate.Limiter{}}
	for _, site := range c.Sites {
		k.sites[site] = rate.NewLimiter(perSite, siteBurst)
	}
	return k
}

// ServeHTTP takes one report. The answer tells a robot no more than a listener.
func (k *Counter) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	site, key := r.PathValue("site"), r.PathValue("key")
	if k.sites[site] == nil {
		site = ""
	}
	w.Header().Set("Cache-Control", "no-store")
	o, plays := k.take(w, r, site, key)
	k.Answered(site, o, plays)
	w.WriteHeader(statusOf(o))
}

func statusOf(o Outcome) int {
	switch o {
	case invalid:
		return http.StatusBadRequest
	case unknown:
		return http.StatusNotFound
	case limited:
		return http.StatusTooManyRequests
	case lost:
		return http.StatusServiceUnavailable
	}
	return http.StatusNoContent
}

// take counts a report that is to be counted.
func (k *Counter) take(w http.ResponseWriter, r *http.Request, site, key string) (o Outcome, plays int) {
	if o := k.refuse(r, site); o != "" {
		return o, 0
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxReport))
	if err != nil {
		return invalid, 0
	}
	l, err := parseReport(body)
	if err != nil {
		return invalid, 0
	}
	there, err := k.isAudible(r.Context(), site, key)
	switch {
	case errors.Is(err, context.Canceled):
		return lost, 0
	case err != nil:
		k.Log.Warn("a report of a player is not counted: the store does not answer", "error", err)
		return lost, 0
	case !there:
		return unknown, 0
	case !k.waiting.add(article{site, key, k.Now().UTC().Format(time.DateOnly)}, l):
		return lost, 0
	}
	return counted, l.Plays
}

// refuse says why a report is not even read; "" is that it is.
func (k *Counter) refuse(r *http.Request, site string) Outcome {
	now := k.Now()
	switch {
	case site == "":
		return unknown
	case refusesTracking(r.Header):
		return untracked
	case isRobot(r.UserAgent()):
		return robot
	case !isBeacon(r):
		return invalid
	case !k.addresses.allow(addressOf(r), now), !k.sites[site].AllowN(now, 1):
		return limited
	}
	return ""
}

// isBeacon reports whether a browser may have sent the request in the way of
// navigator.sendBeacon: a text, from a page that is named.
func isBeacon(r *http.Request) bool {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	isText := err == nil && kind == "text/plain"
	return isText && r.Header.Get("Origin") != "" && r.ContentLength <= maxReport
}

// How long it is known that an article has audio, and of how many.
const (
	seenAge  = time.Minute
	seenMost = 4096
)

// seen are the articles that have audio, since when that is known.
type seen struct {
	mu  sync.Mutex
	all map[string]time.Time
}

// isAudible asks the store, of one article not more often than once a minute.
func (k *Counter) isAudible(ctx context.Context, site, key string) (bool, error) {
	if !lector.IsArticleKey(key) {
		return false, nil
	}
	now, name := k.Now(), site+"/"+key
	if k.audible.has(name, now) {
		return true, nil
	}
	there, err := k.Audible(ctx, site, key)
	if err == nil && there {
		k.audible.note(name, now)
	}
	return there, err
}

func (s *seen) has(name string, now time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	at, known := s.all[name]
	return known && now.Sub(at) < seenAge
}

func (s *seen) note(name string, now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.all == nil || len(s.all) >= seenMost {
		s.all = map[string]time.Time{}
	}
	s.all[name] = now
}

// Package console is the operators' pages: which articles have audio, which have none
// and why, and what mends it. They work without JavaScript, and for whoever reaches the
// admin listener and has the role that they need.
package console

import (
	"cmp"
	"context"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"iter"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"lector"
	"lector/publisher/access"
	"lector/publisher/intake/reconcile"
)

// Jobs finds the records of jobs.
type Jobs interface {
	// FindJobs returns a part of the list of the jobs that a filter selects.
	FindJobs(ctx context.Context, f lector.JobFilter, r lector.JobRange) (lector.JobPage, error)
	// Job returns a whole record, or lector.ErrNotFound.
	Job(ctx context.Context, site, key string) (j lector.Job, version uint64, err error)
	// CountJobs returns how many jobs are in each state.
	CountJobs(ctx context.Context) (map[lector.State]int, error)
	// CancelJob ends a job. Its error is permanent where there is nothing to cancel.
	CancelJob(ctx context.Context, j lector.JobRef) error
}

// Letters is the store of dead letters.
type Letters interface {
	DeadLetters(ctx context.Context, q lector.DeadLetterQuery) iter.Seq2[lector.DeadLetter, error]
	DeadLetter(ctx context.Context, id uint64) (lector.DeadLetter, error)
	// ReplayDeadLetter publishes the event again in a lane and removes the letter.
	ReplayDeadLetter(ctx context.Context, id uint64, replay string, lane lector.Lane) (sequence uint64, err error)
	DropDeadLetter(ctx context.Context, id uint64) error
}

// Replays run jobs again.
type Replays interface {
	PlanReplay(ctx context.Context, r lector.ReplayRequest) (lector.ReplayPlan, []lector.JobRef, error)
	// StartReplay hands a plan to the workers and returns the name of the replay.
	StartReplay(ctx context.Context, r lector.ReplayRequest, p lector.ReplayPlan, jobs []lector.JobRef) (id string, err error)
}

// Pauses are what operators have paused.
type Pauses interface {
	All(ctx context.Context) ([]lector.Pause, error)
	// Create is lector.ErrExists where the same is paused already.
	Create(ctx context.Context, p lector.Pause) error
	Remove(ctx context.Context, p lector.Pause) error
}

// Listening is how articles are listened to.
type Listening interface {
	SiteListening(ctx context.Context, site string) iter.Seq2[lector.ArticleListening, error]
	ArticleListening(ctx context.Context, site, key string) (lector.ArticleListening, error)
}

// Audit is the log of what operators did.
type Audit interface {
	RecordAudit(ctx context.Context, e lector.AuditEntry) error
	// AuditEntries yields what a query selects, the oldest first.
	AuditEntries(ctx context.Context, q lector.AuditQuery) iter.Seq2[lector.AuditEntry, error]
}

// Config is what the pages show and change.
type Config struct {
	Audit   Audit
	Hosts   []string // names that the pages may be asked for by, beside localhost and addresses
	Jobs    Jobs
	Letters Letters
	Replays Replays
	Pauses  Pauses
	// Workers returns the workers that are there, by their names.
	Workers func(ctx context.Context) ([]lector.WorkerPresence, error)
	// Explain says why an article, named by its site and id, an id or an address, has
	// audio or none.
	Explain func(ctx context.Context, words []string) (Explanation, error)
	// Coverage returns the last comparison of each site whose articles are listed
	// somewhere.
	Coverage  func() []reconcile.Report
	Listening Listening
	Counted   []string // the sites whose articles are counted
	Sites     []string
	Sourced   []string // those of them that say where their articles are listed
	Voices    []string
	// VoiceBook says how the voices stand, and Samples has them say something.
	VoiceBook Voices
	Samples   Samples
	Lexicons  Lexicons
	Rules     Rules
	// Addresses are where listeners find what is public.
	Addresses lector.Addresses
	// Event reads the event that a job works on. It is lector.ErrNotFound where that is no
	// longer kept.
	Event func(ctx context.Context, j lector.Job) (lector.EventMessage, error)
	// Reading lays the article of a job beside what is read of it now.
	Reading func(ctx context.Context, j lector.Job) (Reading, error)
	// Renditions reads what the public audio of a job and the audio before it say.
	Renditions func(ctx context.Context, j lector.Job) (Renditions, error)
	Live       *Live  // keeps open pages up to date; nil: nothing does
	Release    string // of the program, as the pages name it; may be empty
	Log        *slog.Logger
	Now        func() time.Time // nil: time.Now
	// RefreshAfter is when an open page is asked for again although nothing has changed,
	// since it says how long ago things were. 0: a minute.
	RefreshAfter time.Duration
}

type console struct {
	Config
	pages       map[string]parsedPage
	corrections corrections // of the audit
}

//go:embed pages
var files embed.FS

// New returns the handler of the pages. Their paths begin with /.
func New(c Config) (http.Handler, error) {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Live == nil {
		c.Live = NewLive()
	}
	pages, err := findPages(files, c.Now)
	if err != nil {
		return nil, err
	}
	k := &console{Config: c, pages: pages}
	c.Live.whenUsable = k.writeCorrections
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/jobs", http.StatusFound) })
	assets := http.FileServerFS(styles())
	mux.Handle("GET /console.css", assets)
	mux.Handle("GET /console.js", assets)
	mux.Handle("GET /live", c.Live)
	mux.Handle("GET /clips/{hash}", access.Need(lector.RoleView, http.HandlerFunc(k.clip)))
	mux.Handle("GET /jobs/{site}/{id}/event", access.Need(lector.RoleView, http.HandlerFunc(k.eventFile)))
	for role, pages := range map[lector.Role]map[string]page{
		lector.RoleView: {
			"GET /jobs": k.jobList, "GET /jobs/{site}/{id}": k.job, "GET /jobs/{site}/{id}/reading": k.reading, "GET /jobs/{site}/{id}/rule": k.rule, "GET /why": k.why, "GET /replay": k.replayPlan,
			"GET /deadletters": k.letterList, "GET /deadletters/{id}": k.letter, "GET /pauses": k.pauseList, "GET /coverage": k.coverage, "GET /workers": k.workerList,
			"GET /voices": k.voiceList, "GET /lexicon": k.lexicon, "GET /lexicon/entry": k.entry,
			"GET /listening": k.listening, "GET /listening/{site}/{id}": k.articleListening,
		},
		lector.RoleReplay: {
			"POST /replay": k.startReplay, "POST /jobs/{site}/{id}/cancel": k.cancelJob, "POST /deadletters/{id}/replay": k.replayLetter, "POST /deadletters/{id}/drop": k.dropLetter,
			"GET /voices/sample": k.planSample, "POST /voices/sample": k.speakSample, "POST /lexicon/hear": k.hearEntry,
			"POST /pauses": k.pause, "POST /pauses/resume": k.resume,
		},
		lector.RoleEdit: {
			"POST /lexicon/set": k.setEntry, "POST /lexicon/remove": k.removeEntry,
			"POST /jobs/{site}/{id}/rule/off": k.switchRuleOff, "POST /jobs/{site}/{id}/rule/on": k.switchRuleOn,
		},
		lector.RoleAdmin: {"GET /audit": k.audit},
	} {
		for pattern, serve := range pages {
			mux.HandleFunc(pattern, k.serve(role, serve))
		}
	}
	return k.checkHost(http.NewCrossOriginProtection().Handler(mux)), nil
}

func styles() fs.FS {
	sub, err := fs.Sub(files, "pages")
	if err != nil { // the path is a constant
		panic(err)
	}
	return sub
}

// parsedPage returns the template of a page, which is parsed when it is first asked for:
// all of them take some milliseconds of each start, and two megabytes.
type parsedPage = func() (*template.Template, error)

// findPages finds the pages, each together with the frame that all have.
func findPages(from fs.FS, now func() time.Time) (map[string]parsedPage, error) {
	names, err := fs.Glob(from, "pages/*.html")
	if err != nil {
		return nil, err
	}
	pages, clock := map[string]parsedPage{}, template.FuncMap{"ago": func(t time.Time) string { return ago(now().Sub(t)) }}
	for _, name := range names {
		pages[strings.TrimSuffix(strings.TrimPrefix(name, "pages/"), ".html")] = sync.OnceValues(func() (*template.Template, error) {
			return template.New("frame.html").Funcs(functions).Funcs(clock).ParseFS(from, "pages/frame.html", "pages/difference.html", "pages/pager.html", name)
		})
	}
	return pages, nil
}

// page makes the answer to a request: a view, or a redirect to another page.
type page func(r *http.Request) (view, error)

// view is a page and what it shows.
type view struct {
	name   string // of the page's file
	title  string
	data   any
	goTo   string   // another page to go to, in place of this one
	status int      // 0: 200
	again  int      // in so many seconds the page is asked for again by itself; 0: it is not
	topics []string // of Live, that change what the page shows
	place  uint64   // of Live, before what the page shows was read
}

// frame is what every page shows around its own.
type frame struct {
	Title string
	Data  any
	Now   time.Time
	Who   lector.Identity
	Menu  []menuItem
	// What the page is kept up to date by.
	Topics  string
	Place   uint64
	Refresh float64 // in so many seconds it is asked for again although nothing has changed
	Fault   string  // what is wrong now

	Release string
}

// permitted is what the person may do who looks at a page, which shows nothing else.
type permitted struct{ role lector.Role }

func permittedTo(r *http.Request) permitted { return permitted{access.Who(r.Context()).Role} }

// MayReplay reports whether the person may cause work and cost.
func (p permitted) MayReplay() bool { return p.role.May(lector.RoleReplay) }

// MayEdit reports whether the person may change what is read.
func (p permitted) MayEdit() bool { return p.role.May(lector.RoleEdit) }

// policy lets a page load its own style and script, and ask this server, and nothing else.
const policy = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; media-src 'self'; " +
	"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// How long a page may be asked for. While something is known to be wrong nobody waits
// long for a page that may not come.
const (
	limit        = 20 * time.Second
	limitAtFault = 3 * time.Second
)

// limitOf is how long a request may take. What changes something has the longer time: it
// may be half done.
func (k *console) limitOf(r *http.Request) time.Duration {
	if r.Method == http.MethodGet && k.Live.currentFault() != "" {
		return limitAtFault
	}
	return limit
}

// serve answers with a page those whose role is high enough.
func (k *console) serve(needs lector.Role, p page) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, 64<<10)
		ctx, cancel := context.WithTimeout(r.Context(), k.limitOf(r))
		defer cancel()
		v, err, place := view{}, error(nil), k.Live.currentPlace()
		_, malformed := url.ParseQuery(r.URL.RawQuery)
		switch who := access.Who(ctx); {
		case who.Role.May(needs) && malformed != nil: // what is left of it may select everything
			err = fmt.Errorf("%w: %w", errInput, malformed)
		case who.Role.May(needs):
			v, err = p(r.WithContext(ctx))
		default:
			err = lector.Hint(fmt.Errorf("%w: this needs the role %s, and yours is %s", errRole, needs, who.Role),
				"ask for a token with that role, or somebody who has it")
		}
		if err != nil {
			v = k.failure(r, err)
		}
		v.place = place
		if v.goTo != "" {
			http.Redirect(w, r, v.goTo, http.StatusSeeOther)
			return
		}
		k.write(w, r, v)
	}
}

// ErrLoading is for what cannot be shown yet, since it is still being read after a start.
var ErrLoading = errors.New("lector has just started, and still reads its jobs")

// loadingAgain is after how many seconds a page is asked for again that said ErrLoading.
const loadingAgain = 2

// loading is the page that stands in for one that cannot be shown yet. What would change
// something is not sent again by itself.
func loading(r *http.Request) view {
	v := view{name: "loading", title: "Not ready yet", status: http.StatusServiceUnavailable}
	if changesNothing(r) {
		v.again = loadingAgain
	}
	v.data = struct{ Soon bool }{v.again > 0}
	return v
}

// changesNothing reports whether a request may be sent again by itself.
func changesNothing(r *http.Request) bool {
	return r.Method == http.MethodGet || r.Method == http.MethodHead
}

// failureAgain is after how many seconds a page is asked for again that could not be shown
// for a reason that may pass, as while NATS is away.
const failureAgain = 5

// failure is the page that tells of an error.
func (k *console) failure(r *http.Request, err error) view {
	if errors.Is(err, ErrLoading) {
		return loading(r)
	}
	status := http.StatusServiceUnavailable
	switch {
	case errors.Is(err, lector.ErrNotFound):
		status = http.StatusNotFound
	case errors.Is(err, errInput):
		status = http.StatusBadRequest
	case errors.Is(err, errRole):
		status = http.StatusForbidden
	case errors.Is(err, errStale):
		status = http.StatusConflict
	default:
		k.Log.Error("console page failed", "path", r.URL.Path, "error", err)
	}
	v := view{name: "failure", title: "That did not work", status: status}
	if status == http.StatusServiceUnavailable && changesNothing(r) {
		v.again = failureAgain
	}
	v.data = struct {
		Error, Hint string
		Again       int // seconds; 0: it is not asked for again
	}{err.Error(), lector.HintOf(err), v.again}
	return v
}

// errInput marks what a person has given wrongly.
var errInput = errors.New("this cannot be asked for")

// errStale marks what has changed since a person saw it.
var errStale = errors.New("nothing was changed")

// errRole marks what a person may not do.
var errRole = errors.New("you may not do this")

func (k *console) write(w http.ResponseWriter, r *http.Request, v view) {
	var b strings.Builder
	page, err := k.pages[v.name]()
	if err == nil {
		err = page.Execute(&b, k.frame(r, v))
	}
	if err != nil {
		k.Log.Error("console page failed", "page", v.name, "error", err)
		http.Error(w, "this page cannot be shown", http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", policy)
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin")
	if v.again > 0 {
		h.Set("Refresh", strconv.Itoa(v.again))
		h.Set("Retry-After", strconv.Itoa(v.again))
	}
	if v.status != 0 {
		w.WriteHeader(v.status)
	}
	fmt.Fprint(w, b.String())
}

// frame is what stands around a view. Its place is of the time before the view was made.
func (k *console) frame(r *http.Request, v view) frame {
	who := access.Who(r.Context())
	return frame{
		Title: v.title, Data: v.data, Now: k.Now(), Who: who, Menu: menu(r, who.Role),
		Topics: strings.Join(v.topics, " "), Place: v.place, Refresh: cmp.Or(k.RefreshAfter, time.Minute).Seconds(), Fault: k.Live.currentFault(),
		Release: k.Release,
	}
}

// checkHost refuses requests for a name that is neither this machine's own nor configured:
// the page of a stranger could have such a name point here, and read the answers.
func (k *console) checkHost(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host := r.Host
		if name, _, err := net.SplitHostPort(host); err == nil {
			host = name
		}
		_, err := netip.ParseAddr(strings.Trim(host, "[]"))
		if err != nil && host != "localhost" && !slices.Contains(k.Hosts, strings.ToLower(host)) {
			http.Error(w, "ask for it by 127.0.0.1 or localhost, or by a name in admin_access.hosts", http.StatusMisdirectedRequest)
			return
		}
		next.ServeHTTP(w, r)
	})
}

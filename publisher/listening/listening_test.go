package listening

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"lector"
)

const (
	key     = "bxjji4onx4i43dlvoghwsu5763"
	firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
)

// ledger keeps counts in memory, each id once, and fails when it is told to: after it
// has added, as where an answer is lost, or before.
type ledger struct {
	mu            sync.Mutex
	sums          map[string]lector.Listening // by site, article and day
	added         map[string]bool
	fail, forget  bool
	calls, failed int
}

func (l *ledger) AddListening(_ context.Context, site, key, day, id string, counts lector.Listening) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.calls++
	if l.fail && !l.forget {
		l.failed++
		return errors.New("away")
	}
	if name := site + "/" + key + "/" + day; !l.added[id] {
		if l.sums == nil {
			l.sums, l.added = map[string]lector.Listening{}, map[string]bool{}
		}
		sum := l.sums[name]
		sum.Add(counts)
		l.sums[name], l.added[id] = sum, true
	}
	if l.fail {
		l.failed++
		return errors.New("no answer")
	}
	return nil
}

func (l *ledger) plays() (n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, sum := range l.sums {
		n += sum.Plays
	}
	return n
}

// desk is a counter and what it answered.
type desk struct {
	*Counter
	mux      *http.ServeMux
	ledger   *ledger
	mu       sync.Mutex
	outcomes map[Outcome]int
	looked   int
}

func newDesk() *desk {
	d := &desk{ledger: new(ledger), mux: http.NewServeMux(), outcomes: map[Outcome]int{}}
	d.Counter = New(Config{
		Sites: []string{"havana"}, Ledger: d.ledger, Log: slog.New(slog.DiscardHandler),
		Audible: func(_ context.Context, _, k string) (bool, error) {
			d.mu.Lock()
			defer d.mu.Unlock()
			d.looked++
			return k == key, nil
		},
		Answered: func(_ string, o Outcome, _ int) {
			d.mu.Lock()
			defer d.mu.Unlock()
			d.outcomes[o]++
		},
	})
	d.mux.Handle("POST /listening/{site}/{key}", d.Counter)
	return d
}

// report sends one as a browser does, changed as change says.
func (d *desk) report(body string, change func(*http.Request)) int {
	r := httptest.NewRequest(http.MethodPost, "/listening/havana/"+key, strings.NewReader(body))
	r.Header.Set("User-Agent", firefox)
	r.Header.Set("Content-Type", "text/plain;charset=UTF-8")
	r.Header.Set("Origin", "https://reader.example")
	if change != nil {
		change(r)
	}
	w := httptest.NewRecorder()
	d.mux.ServeHTTP(w, r)
	return w.Code
}

func header(name, value string) func(*http.Request) {
	return func(r *http.Request) { r.Header.Set(name, value) }
}

func TestReports(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		body   string
		change func(*http.Request)
		want   Outcome
		status int
	}{
		"the first sound":               {"0 0", nil, counted, 204},
		"the last part":                 {"19 19", nil, counted, 204},
		"everything":                    {"0 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19", nil, counted, 204},
		"Do Not Track":                  {"0 0", header("DNT", "1"), untracked, 204},
		"Global Privacy Control":        {"0 0", header("Sec-GPC", "1"), untracked, 204},
		"a crawler":                     {"0 0", header("User-Agent", "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"), robot, 204},
		"no name":                       {"0 0", header("User-Agent", ""), robot, 204},
		"a name of a megabyte":          {"0 0", header("User-Agent", firefox+strings.Repeat("x", 1<<20)), robot, 204},
		"curl":                          {"0 0", header("User-Agent", "curl/8.14.1"), robot, 204},
		"no page":                       {"0 0", header("Origin", ""), invalid, 400},
		"JSON":                          {"0 0", header("Content-Type", "application/json"), invalid, 400},
		"a form":                        {"0 0", header("Content-Type", "application/x-www-form-urlencoded"), invalid, 400},
		"nothing":                       {"", nil, invalid, 400},
		"no part":                       {"0 ", nil, invalid, 400},
		"a part that is none":           {"0 20", nil, invalid, 400},
		"a negative part":               {"0 -1", nil, invalid, 400},
		"a part twice":                  {"0 3,3", nil, invalid, 400},
		"more than there are":           {"19 1,2", nil, invalid, 400},
		"a line more":                   {"0 0\n", nil, invalid, 400},
		"other digits":                  {"0 ١", nil, invalid, 400},
		"a megabyte":                    {"0 " + strings.Repeat("1,", 1<<19) + "1", nil, invalid, 400},
		"a megabyte of unknown length":  {"0 " + strings.Repeat("1,", 1<<19) + "1", func(r *http.Request) { r.ContentLength = -1 }, invalid, 400},
		"bytes":                         {"\x00\xff\xfe", nil, invalid, 400},
		"another site":                  {"0 0", func(r *http.Request) { r.URL.Path = "/listening/elsewhere/" + key }, unknown, 404},
		"an article without audio":      {"0 0", func(r *http.Request) { r.URL.Path = "/listening/havana/" + strings.Repeat("a", 26) }, unknown, 404},
		"an article that cannot be one": {"0 0", func(r *http.Request) { r.URL.Path = "/listening/havana/x.*.>" }, unknown, 404},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDesk()
			status := d.report(test.body, test.change)
			if status != test.status || d.outcomes[test.want] != 1 {
				t.Errorf("%d, %v; want %d, %s", status, d.outcomes, test.status, test.want)
			}
			d.keep(t.Context(), time.Second)
			if kept := len(d.ledger.sums); (kept == 1) != (test.want == counted) {
				t.Errorf("%d articles are kept", kept)
			}
		})
	}
}

// TestPlayCountsOnce: a play that is told in pieces, in any order of its parts, is one
// play, and each quarter of it counts once and not before enough of it was heard.
func TestPlayCountsOnce(t *testing.T) {
	t.Parallel()
	for range 200 {
		parts := rand.Perm(lector.ListeningParts)[:1+rand.IntN(lector.ListeningParts)]
		var sum lector.Listening
		for told := 0; told < len(parts); {
			n := told + 1 + rand.IntN(len(parts)-told)
			body := fmt.Sprint(told, " ", strings.Trim(strings.ReplaceAll(fmt.Sprint(parts[told:n]), " ", ","), "[]"))
			l, err := parseReport([]byte(body))
			if err != nil {
				t.Fatalf("%q: %v", body, err)
			}
			sum.Add(l)
			told = n
		}
		want := lector.Listening{Plays: 1}
		for _, p := range parts {
			want.Parts[p] = 1
		}
		for i, more := range []bool{len(parts) > 5, len(parts) > 10, len(parts) > 15, len(parts) == 20} {
			if more {
				want.Quarters[i] = 1
			}
		}
		if sum != want {
			t.Fatalf("%v: %+v, want %+v", parts, sum, want)
		}
	}
}

// TestNothingIsLostAndNothingTwice: while the ledger fails, before it has added or after,
// counts wait; each is there once in the end. Two counters add to one ledger.
func TestNothingIsLostAndNothingTwice(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		one, other := newDesk(), newDesk()
		other.Counter.Ledger = one.ledger
		ctx, cancel := context.WithCancel(t.Context())
		var wait sync.WaitGroup
		wait.Go(func() { one.Run(ctx) })
		wait.Go(func() { other.Run(ctx) })
		const rounds = 30
		for i := range rounds {
			one.ledger.mu.Lock()
			one.ledger.fail, one.ledger.forget = i%3 != 0, i%3 == 1
			one.ledger.mu.Unlock()
			for n, d := range []*desk{one, other, one} {
				d.report("0 0", func(r *http.Request) { r.RemoteAddr = fmt.Sprintf("203.0.113.%d:1", n+3*i) })
			}
			time.Sleep(7 * time.Second)
		}
		one.ledger.mu.Lock()
		one.ledger.fail = false
		one.ledger.mu.Unlock()
		cancel()
		wait.Wait()
		if n := one.ledger.plays(); n != 3*rounds || one.ledger.failed == 0 {
			t.Errorf("%d plays after %d failures, want %d", n, one.ledger.failed, 3*rounds)
		}
	})
}

// TestBounds: one network, one site and a ledger that never answers cost bounded memory.
func TestBounds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := newDesk()
		for range 1000 {
			d.report("0 0", nil)
		}
		if d.outcomes[counted] != perAddress || d.looked != 1 {
			t.Errorf("of one address %v, looked up %d times", d.outcomes, d.looked)
		}
		for i := range 5000 {
			d.report("0 0", func(r *http.Request) { r.RemoteAddr = fmt.Sprintf("[2001:db8:%x::1]:1", i) })
		}
		if d.outcomes[counted] > siteBurst || d.outcomes[limited] < 3000 {
			t.Errorf("of many addresses %v", d.outcomes)
		}
		time.Sleep(time.Minute)
		before := d.outcomes[counted]
		d.report("0 0", nil)
		if d.outcomes[counted] != before+1 {
			t.Error("a minute later nothing is counted again")
		}
		for i := range 2 * waitingMost {
			d.waiting.add(article{"havana", fmt.Sprint(i), "2026-11-23"}, lector.Listening{Plays: 1})
		}
		if n := len(d.waiting.counts); n != waitingMost {
			t.Errorf("%d articles wait", n)
		}
	})
}

func TestAddressOf(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ remote, forwarded, want string }{
		{"203.0.113.7:4711", "", "203.0.113.7/32"},
		{"203.0.113.7:4711", "198.51.100.1", "203.0.113.7/32"}, // who comes from outside may say anything
		{"127.0.0.1:4711", "198.51.100.1", "198.51.100.1/32"},
		{"10.0.0.3:4711", "1.1.1.1, 198.51.100.1", "198.51.100.1/32"}, // what the proxy has added
		{"10.0.0.3:4711", "rubbish", "10.0.0.3/32"},
		{"[2001:db8:1:2:3:4:5:6]:1", "", "2001:db8:1:2::/64"},
		{"[::ffff:203.0.113.7]:1", "", "203.0.113.7/32"},
		{"[fe80::1%eth0]:1", "", "fe80::/64"},
	} {
		r := httptest.NewRequest(http.MethodPost, "/", nil)
		r.RemoteAddr = test.remote
		if test.forwarded != "" {
			r.Header.Set("X-Forwarded-For", test.forwarded)
		}
		if got := addressOf(r).String(); got != test.want {
			t.Errorf("%s, forwarded for %q: %s, want %s", test.remote, test.forwarded, got, test.want)
		}
	}
}

// TestBrowsersAreNoRobots: names of browsers in use, in apps too.
func TestBrowsersAreNoRobots(t *testing.T) {
	t.Parallel()
	for _, agent := range []string{
		firefox,
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) GSA/388.0.811331708 Mobile/15E148 Safari/604.1",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) " +
			"Mobile/15E148 [FBAN/FBIOS;FBAV/530.0.0.40.73;FBDV/iPhone14,5]",
		"Mozilla/5.0 (Linux; Android 16; SM-S938B Build/BP2A.250605.031; wv) AppleWebKit/537.36 (KHTML, like Gecko) " +
			"Version/4.0 Chrome/142.0.7444.102 Mobile Safari/537.36 Instagram 406.0.0.0",
		"Mozilla/5.0 (Linux; Android 15; SAMSUNG SM-A566B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36",
		"Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Safari/537.36",
	} {
		if isRobot(agent) {
			t.Error(agent)
		}
	}
}

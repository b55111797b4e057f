package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"lector"
)

// drill plays incidents, one after the other, in an installation with Prometheus.
type drill struct {
	*lab
	prometheus *prometheus
	writer     *writer
	site       string
	speed      int
	remedy     string            // that lector why has named last
	reloads    map[string]string // by worker: how often it has taken new settings
}

// incidentResult is what one incident showed. Times are in seconds, as measured.
type incidentResult struct {
	Name     string   `json:"incident"`
	Article  string   `json:"article"`
	Alerts   []string `json:"alerts"`    // that fired, the first of them first
	Fired    float64  `json:"fired"`     // after the thing broke, until the first alert
	Runbook  string   `json:"runbook"`   // what the first alert says to begin with
	State    string   `json:"state"`     // lector why says while it is broken
	Reason   string   `json:"reason"`    // likewise
	Remedy   string   `json:"mend"`      // likewise
	Mended   []string `json:"mended_by"` // what was done
	Ready    float64  `json:"ready"`     // after that, until the audio was public
	Billed   int      `json:"billed"`    // characters, as the voice has metered them
	Needed   int      `json:"needed"`    // characters of the different texts
	Open     int      `json:"open"`      // characters of the calls that were open as their worker was killed
	Problems []string `json:"problems,omitempty"`
}

// explanation is what lector why says.
type explanation struct {
	State  string `json:"state"`
	Reason string `json:"reason"`
	Remedy string `json:"mend"`
}

// runIncidents starts everything, plays the incidents and prints what each showed. The
// number of promises that did not hold is returned.
func runIncidents(ctx context.Context, o options, stdout, stderr io.Writer) (broken int, err error) {
	dir, err := workDir(o.Dir)
	if err != nil {
		return 0, err
	}
	r, err := prepare(ctx, o, dir, func(format string, args ...any) { fmt.Fprintf(stderr, format+"\n", args...) })
	if err != nil {
		return 0, err
	}
	all, err := r.playIncidents(ctx, dir)
	if err != nil {
		return 0, fmt.Errorf("%w (logs in %s)", err, dir)
	}
	for _, got := range all {
		broken += len(got.Problems)
	}
	if o.JSON {
		e := json.NewEncoder(stdout)
		e.SetIndent("", "  ")
		return broken, e.Encode(all)
	}
	printIncidents(stdout, all, o.Speed)
	return broken, nil
}

// playIncidents plays those that are wanted in a new installation.
func (r *runner) playIncidents(ctx context.Context, dir string) (all []incidentResult, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	l := newLab(r.options, dir, r.program, r.speech, &violations{log: r.log})
	l.log = r.log
	d := &drill{lab: l, writer: newWriter(rand.New(rand.NewPCG(r.Seed, 5))), site: siteNames[0], speed: r.Speed,
		reloads: map[string]string{}}
	defer d.stop()
	defer cancel() // before the programs are killed, so that nobody starts them again
	if err := d.start(ctx); err != nil {
		return nil, fmt.Errorf("start: %w", err)
	}
	r.log("everything runs")
	for _, i := range r.incidents() {
		got, err := d.play(ctx, i)
		if err != nil {
			return all, fmt.Errorf("%s: %w", i.name, err)
		}
		all = append(all, got)
	}
	return all, nil
}

// incidents are those that are wanted.
func (o options) incidents() (wanted []incident) {
	for _, i := range theIncidents() {
		if slices.ContainsFunc(strings.Split(o.Only, ","), func(part string) bool { return strings.Contains(i.name, part) }) {
			wanted = append(wanted, i)
		}
	}
	return wanted
}

// start starts the installation, a voice that wants a key, and Prometheus.
func (d *drill) start(ctx context.Context) error {
	d.keyFile = filepath.Join(d.dir, "key")
	d.env = append(d.env, voiceKey+"_FILE="+d.keyFile)
	d.voice.setKey(firstKey)
	if err := errors.Join(d.writeKey(firstKey), d.lab.start(ctx)); err != nil {
		return err
	}
	front, err := serveHTTP(ctx, d.store.from("commands")) // which see the store as the workers do
	if err != nil {
		return err
	}
	d.env = append(d.env, "LECTOR_STORE_ENDPOINT="+front)
	for name, address := range d.admin {
		if err := awaitHTTP(ctx, "http://"+address+"/readyz"); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	if d.prometheus, err = newPrometheus(d.dir, d.admin, d.speed); err != nil {
		return err
	}
	if err := d.prometheus.start(ctx); err != nil {
		return err
	}
	return until(ctx, 200*time.Millisecond, func() bool { return d.prometheus.up(ctx, len(d.admin)) })
}

func (d *drill) stop() {
	if d.prometheus != nil {
		d.prometheus.kill()
	}
	d.lab.stop()
}

// play breaks something, publishes an article, waits for the alert, asks why, mends it
// and waits for the audio.
func (d *drill) play(ctx context.Context, i incident) (incidentResult, error) {
	ctx, cancel := context.WithTimeout(ctx, d.Settle)
	defer cancel()
	got := incidentResult{Name: i.name, Article: "incident-" + strings.Fields(i.name)[0]}
	before := d.meter.total()
	known, err := d.prometheus.firing(ctx)
	if err != nil {
		return got, err
	}
	d.log("%s", i.name)
	if err := i.breaks(d, ctx); err != nil {
		return got, err
	}
	broke := time.Now()
	if err := d.publish(ctx, got.Article, i.article); err != nil {
		return got, err
	}
	steps := []func(context.Context, incident, *incidentResult) error{d.mendIt, d.awaitAudio}
	if len(i.alerts) > 0 {
		steps = append([]func(context.Context, incident, *incidentResult) error{
			func(ctx context.Context, i incident, got *incidentResult) error {
				return d.awaitAlert(ctx, i, got, known, broke)
			}, d.ask,
		}, steps...)
	}
	for _, do := range steps {
		if err := do(ctx, i, &got); err != nil {
			return got, err
		}
	}
	firing, err := d.prometheus.firing(ctx)
	if err != nil {
		return got, err
	}
	got.addAlerts(newIn(firing, known))
	after := d.meter.total()
	got.Billed, got.Needed, got.Open = after.billed()-before.billed(), after.Unique-before.Unique, after.Open-before.Open
	got.check(i, after.PaidTwice-before.PaidTwice)
	return got, nil
}

// publish publishes an article as a CMS does.
func (d *drill) publish(ctx context.Context, id string, paragraphs int) error {
	e := event{id: id, kind: lector.Published, article: lector.Article{
		Site: d.site, ID: id, Revision: revisionName(1), Language: "en", Visibility: lector.Public, Title: d.writer.title(),
		URL:  "https://" + d.site + ".example/" + id,
		Body: lector.Body{ContentType: lector.HTML, Content: body(d.writer.paragraphs(paragraphs))},
	}}
	m, err := e.message(time.Now())
	if err != nil {
		return err
	}
	_, err = d.broker.publish(ctx, m)
	return err
}

// awaitAlert waits until one of the alerts fires that an incident must raise, and then
// until lector why shows the state that it must lead to.
func (d *drill) awaitAlert(ctx context.Context, i incident, got *incidentResult, known []alert, broke time.Time) error {
	err := until(ctx, 250*time.Millisecond, func() bool {
		firing, err := d.prometheus.firing(ctx)
		fresh := newIn(firing, known)
		at := slices.IndexFunc(fresh, func(a alert) bool { return slices.Contains(i.alerts, a.name()) })
		if err != nil || at < 0 {
			return false
		}
		got.Fired = time.Since(broke).Seconds()
		got.Runbook = fresh[at].Annotations["runbook"]
		got.addAlerts(append([]alert{fresh[at]}, fresh...))
		d.log("%s fires after %.0f s", fresh[at], got.Fired)
		return true
	})
	if err != nil {
		return fmt.Errorf("no alert of %v: %w", i.alerts, err)
	}
	return nil
}

// ask asks lector why, until the article has come to what the incident leads to.
func (d *drill) ask(ctx context.Context, i incident, got *incidentResult) error {
	var x explanation
	err := until(ctx, time.Second, func() bool {
		var err error
		if x, err = d.why(ctx, got.Article); err != nil {
			d.log("why: %v", err)
		}
		return x.State == i.state
	})
	d.remedy, got.State, got.Reason, got.Remedy = x.Remedy, x.State, x.Reason, x.Remedy
	if err != nil {
		return fmt.Errorf("lector why says %q, not %s: %w", x.State, i.state, err)
	}
	return nil
}

// why asks lector why an article has audio, or none.
func (d *drill) why(ctx context.Context, article string) (x explanation, err error) {
	out, err := d.lector(ctx, "why", "-json", d.site, article)
	if err != nil {
		return x, err
	}
	return x, json.Unmarshal(out, &x)
}

// mendIt does what mends it.
func (d *drill) mendIt(ctx context.Context, i incident, got *incidentResult) error {
	for _, s := range i.mend {
		got.Mended = append(got.Mended, strings.ReplaceAll(s.says, "REMEDY", d.remedy))
		if err := s.does(d, ctx); err != nil {
			return fmt.Errorf("%s: %w", s.says, err)
		}
	}
	return nil
}

// awaitAudio waits until the article's audio is public.
func (d *drill) awaitAudio(ctx context.Context, _ incident, got *incidentResult) error {
	mended := time.Now()
	var last explanation
	err := until(ctx, 500*time.Millisecond, func() bool {
		var err error
		if last, err = d.why(ctx, got.Article); err != nil {
			d.log("why: %v", err)
		}
		ready := last.State == string(lector.Ready)
		if !ready && got.Reason == "" { // it heals by itself, so nobody has asked before
			got.State, got.Reason, got.Remedy = last.State, last.Reason, last.Remedy
		}
		return ready
	})
	got.Ready = time.Since(mended).Seconds()
	if err != nil {
		return fmt.Errorf("the article is %s: %s: %w", last.State, last.Reason, err)
	}
	d.log("its audio is public after %.0f s", got.Ready)
	return nil
}

// newIn returns the alerts that did not fire before.
func newIn(firing, known []alert) (fresh []alert) {
	for _, a := range firing {
		if !slices.ContainsFunc(known, func(k alert) bool { return k.String() == a.String() }) {
			fresh = append(fresh, a)
		}
	}
	return fresh
}

// addAlerts notes alerts, each once.
func (r *incidentResult) addAlerts(all []alert) {
	for _, a := range all {
		if name := a.String(); !slices.Contains(r.Alerts, name) {
			r.Alerts = append(r.Alerts, name)
		}
	}
}

// check notes what does not hold. Texts that were open at the voice when a worker was
// killed may be paid twice, no others.
func (r *incidentResult) check(i incident, paidTwice int) {
	problem := func(format string, args ...any) { r.Problems = append(r.Problems, fmt.Sprintf(format, args...)) }
	if len(i.alerts) == 0 && len(r.Alerts) > 0 {
		problem("alerts although it heals by itself: %v", r.Alerts)
	}
	if len(i.alerts) > 0 && slices.Contains([]string{r.Reason, r.Remedy, r.Runbook}, "") {
		problem("lector why or the alert says too little")
	}
	if paidTwice > r.Open {
		problem("%d characters were paid twice, %d were open at the voice", paidTwice, r.Open)
	}
	if r.Billed == 0 {
		problem("nothing was billed")
	}
}

// printIncidents writes the results for people.
func printIncidents(w io.Writer, all []incidentResult, speed int) {
	fmt.Fprintf(w, "The times of the alerts' rules are divided by %d: for, windows, ages. All else is as it is.\n\n", speed)
	fmt.Fprintln(w, "| incident | first alert | after | audio after mending | characters billed, needed |\n|---|---|---|---|---|")
	for _, r := range all {
		first, after := "none: it heals by itself", ""
		if len(r.Alerts) > 0 {
			first, after = r.Alerts[0], fmt.Sprintf("%.0f s", r.Fired)
		}
		fmt.Fprintf(w, "| %s | %s | %s | %.0f s | %d, %d |\n", r.Name, first, after, r.Ready, r.Billed, r.Needed)
	}
	for _, r := range all {
		fmt.Fprintf(w, "\n%s\n", r.Name)
		t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
		row := func(what, text string) {
			if text != "" {
				fmt.Fprintf(t, "  %s\t%s\n", what, text)
			}
		}
		row("alerts", strings.Join(r.Alerts, "; "))
		row("runbook", r.Runbook)
		row("why", strings.TrimPrefix(r.State+": "+r.Reason, ": "))
		row("mend", r.Remedy)
		row("mended by", strings.Join(r.Mended, "; "))
		row("billed", r.bill())
		for _, p := range r.Problems {
			row("PROBLEM", p)
		}
		_ = t.Flush() // as fmt.Fprint: what cannot be printed is seen
	}
}

// bill says what was billed, and for what beside the audio.
func (r incidentResult) bill() string {
	text := fmt.Sprintf("%d characters, %d needed", r.Billed, r.Needed)
	if r.Open > 0 {
		text += fmt.Sprintf("; %d in calls that were open as their worker was killed", r.Open)
	}
	return text
}

// lastOf is the last line of what was printed.
func lastOf(out []byte) string {
	lines := bytes.Split(bytes.TrimSpace(out), []byte("\n"))
	return string(lines[len(lines)-1])
}

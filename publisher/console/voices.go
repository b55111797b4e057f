package console

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"lector"
)

// Voices are the voices of this process.
type Voices interface {
	// VoiceStates tells how each configured voice stands.
	VoiceStates() []VoiceState
	// UsageSince returns what the voices have cost since a moment, by day, site and voice.
	UsageSince(ctx context.Context, since time.Time) ([]lector.UsageTotal, error)
	// BudgetUses returns what is spent of each bound of each site.
	BudgetUses(ctx context.Context) ([]BudgetUse, error)
}

// VoiceState is how a voice stands, by the calls that this process has made.
type VoiceState struct {
	Name         string
	Missing      string        // why it cannot be used at all; "" is that it can
	Hint         string        // what then helps
	OpenFor      time.Duration // its circuit breaker lets no call through for so long
	Paused       string        // why nobody may call it; "" is that one may
	Capabilities lector.Capabilities
	Calls        int           // that have ended since the process began
	Failed       int           // of these
	Recent       int           // calls that the latencies are of
	Median, Slow time.Duration // how long one of two, and one of twenty, of the recent calls took at least
	LastError    string
	LastFailed   time.Time
}

// Health is the state in one word.
func (v VoiceState) Health() string {
	switch {
	case v.Missing != "":
		return "missing"
	case v.Paused != "":
		return "paused"
	case v.OpenFor > 0:
		return "down"
	case v.Calls == 0:
		return "not called yet"
	case v.LastFailed.IsZero():
		return "well"
	}
	return "answers"
}

// BudgetUse is what a site has spent of a bound.
type BudgetUse struct {
	Site, Period string // hour, day or month
	Used         lector.Period
	Characters   int // the bound; 0 is none
	Dollars      float64
}

// Samples have texts said before an article has them.
type Samples interface {
	// PlanSample says how a text would be said, and what that costs. It calls no voice.
	PlanSample(ctx context.Context, r SampleRequest) (Sample, error)
	// SpeakSample has it said, unless its clip is there.
	SpeakSample(ctx context.Context, r SampleRequest) (Sample, error)
	// Clip returns the MP3 of a clip, or lector.ErrNotFound.
	Clip(ctx context.Context, hash string) ([]byte, error)
}

// SampleRequest is a text as an article of a site would say it.
type SampleRequest struct {
	Site, Voice, Language, Text string
	Entry                       *LexiconEntry // as if this one were in the lexicon; nil: as it is
	Without                     bool          // as if it were not
}

// Sample is how a text is said.
type Sample struct {
	Voice, Language, Text string
	Lexicon               []string // the entries that matched
	Clip                  string   // hash
	Characters            int      // that are billed; 0: the clip is there
	Cost                  float64  // US dollars
}

// days is how many days the page of voices shows, today among them.
const days = 7

func (k *console) voiceList(r *http.Request) (view, error) {
	now := k.Now().UTC()
	since := time.Date(now.Year(), now.Month(), now.Day()-days+1, 0, 0, 0, 0, time.UTC)
	spent, lost := k.VoiceBook.UsageSince(r.Context(), since)
	budgets, err := k.VoiceBook.BudgetUses(r.Context())
	if lost == nil {
		lost = err
	}
	slices.Reverse(spent) // the newest day first
	var total lector.UsageTotal
	for _, s := range spent {
		total.Calls, total.Billed, total.Reused, total.Unknown, total.Cost = total.Calls+s.Calls, total.Billed+s.Billed,
			total.Reused+s.Reused, total.Unknown+s.Unknown, total.Cost+s.Cost
	}
	return view{name: "voices", title: "Voices", topics: []string{topicVoices}, data: struct {
		permitted
		Voices  []VoiceState
		Totals  []lector.UsageTotal
		Total   lector.UsageTotal
		Budgets []BudgetUse
		Lost    error // why what was spent is not known
		Days    int
		Sites   []string
	}{permittedTo(r), k.VoiceBook.VoiceStates(), spent, total, budgets, lost, days, k.Sites}}, nil
}

// maxSample is the longest text that is said as a sample, in characters.
const maxSample = 500

// sampleOf reads what is to be said.
func (k *console) sampleOf(q url.Values) (SampleRequest, error) {
	s := SampleRequest{Site: q.Get("site"), Voice: q.Get("voice"), Language: q.Get("language"), Text: strings.TrimSpace(q.Get("text"))}
	switch n := utf8.RuneCountInString(s.Text); {
	case !slices.Contains(k.Sites, s.Site):
		return s, fmt.Errorf("%w: there is no site %q here", errInput, s.Site)
	case s.Voice != "" && !slices.Contains(k.Voices, s.Voice):
		return s, fmt.Errorf("%w: there is no voice %q here", errInput, s.Voice)
	case n == 0 || n > maxSample:
		return s, fmt.Errorf("%w: the sentence has %d characters; 1 to %d can be said", errInput, n, maxSample)
	}
	return s, nil
}

// sampleView is a sample as a person confirms it, or hears it.
type sampleView struct {
	permitted
	Request SampleRequest
	Sample  Sample
	Digest  string
	Changed bool // the price is another one than was confirmed
	Spoken  bool
}

// sampleDigest names what is paid for, and its price.
func sampleDigest(s Sample) string { return s.Clip + "-" + strconv.Itoa(s.Characters) }

func (k *console) planSample(r *http.Request) (view, error) {
	request, err := k.sampleOf(r.URL.Query())
	if err != nil {
		return view{}, err
	}
	s, err := k.Samples.PlanSample(r.Context(), request)
	if err != nil {
		return view{}, err
	}
	return view{name: "sample", title: "Test a sentence", data: sampleView{permittedTo(r), request, s, sampleDigest(s), false,
		s.Characters == 0}}, nil
}

// speakSample has a sentence said for the price that was shown; otherwise it asks again.
func (k *console) speakSample(r *http.Request) (view, error) {
	if err := r.ParseForm(); err != nil {
		return view{}, fmt.Errorf("%w: %w", errInput, err)
	}
	request, err := k.sampleOf(r.PostForm)
	if err != nil {
		return view{}, err
	}
	planned, err := k.Samples.PlanSample(r.Context(), request)
	if err != nil {
		return view{}, err
	}
	v := sampleView{permittedTo(r), request, planned, sampleDigest(planned), false, false}
	if r.PostFormValue("digest") != v.Digest {
		v.Changed = true
		return view{name: "sample", title: "Test a sentence", data: v, status: http.StatusConflict}, nil
	}
	detail := fmt.Sprintf("%d characters to be billed, $%.4f: %s", planned.Characters, planned.Cost, planned.Text)
	err = k.do(r, lector.AuditEntry{Action: "sample", Target: request.Site + " " + planned.Voice, Detail: detail},
		func(ctx context.Context) (err error) {
			v.Sample, err = k.Samples.SpeakSample(ctx, request)
			return err
		})
	v.Spoken = true
	k.Live.Changed(topicVoices)
	return view{name: "sample", title: "Test a sentence", data: v}, err
}

// clip answers with the MP3 of a clip.
func (k *console) clip(w http.ResponseWriter, r *http.Request) {
	mp3, err := k.Samples.Clip(r.Context(), r.PathValue("hash"))
	if err != nil {
		k.write(w, r, k.failure(r, err))
		return
	}
	h := w.Header()
	h.Set("Content-Type", "audio/mpeg")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "private, max-age=3600")
	http.ServeContent(w, r, "", time.Time{}, strings.NewReader(string(mp3)))
}

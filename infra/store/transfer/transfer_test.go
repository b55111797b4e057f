package transfer_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"lector"
	"lector/infra/store/disk"
	"lector/infra/store/s3"
	"lector/infra/store/s3/s3test"
	"lector/infra/store/transfer"
)

// openDisk returns a new store and its directory.
func openDisk(t *testing.T) (*disk.Store, string) {
	t.Helper()
	dir := t.TempDir()
	s, err := disk.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s, dir
}

func put(t *testing.T, s transfer.Target, key, content string) {
	t.Helper()
	if err := s.Put(t.Context(), lector.NewObject(key), strings.NewReader(content)); err != nil {
		t.Error(err)
	}
}

// contents returns all that a store holds, by key.
func contents(t *testing.T, s transfer.Source) map[string]string {
	t.Helper()
	all := map[string]string{}
	for o, err := range s.List(t.Context(), "") {
		if err != nil {
			t.Fatal(err)
		}
		body, _, err := s.Open(t.Context(), o.Key)
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(body)
		body.Close()
		if err != nil {
			t.Fatal(err)
		}
		all[o.Key] = string(data)
	}
	return all
}

// publish puts a rendition of an article as a worker does: files, then pointer.
func publish(t *testing.T, s transfer.Target, id, revision string, earlier ...lector.PreviousRendition) lector.Manifest {
	t.Helper()
	m := lector.Manifest{Site: "havana", Article: id, Key: lector.Key("havana", id), Revision: revision, Hash: "0f" + id + revision, PreviousRenditions: earlier}
	prefix := lector.Prefix(m.Site, m.Key)
	data, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	put(t, s, prefix+m.Hash+".mp3", "sound of "+m.Hash)
	put(t, s, prefix+m.Hash+".vtt", "text of "+m.Hash)
	put(t, s, prefix+m.Hash+".manifest.json", string(data))
	put(t, s, prefix+"manifest.json", string(data))
	return m
}

// withdraw removes an article as a worker does: pointer, then files.
func withdraw(t *testing.T, s transfer.Target, id string) {
	t.Helper()
	prefix := lector.Prefix("havana", lector.Key("havana", id))
	if err := s.Delete(t.Context(), prefix+"manifest.json"); err != nil {
		t.Error(err)
	}
	for o, err := range s.List(t.Context(), prefix) {
		if err == nil {
			err = s.Delete(t.Context(), o.Key)
		}
		if err != nil {
			t.Error(err)
		}
	}
}

// fill puts articles, clips, an answer, a claim, the names of withdrawn files and a lexicon.
func fill(t *testing.T, s transfer.Target, articles int) {
	t.Helper()
	for n := range articles {
		publish(t, s, fmt.Sprint(n), "1")
		put(t, s, lector.ClipKey(fmt.Sprintf("%02x%030d", n, n)), fmt.Sprint("clip ", n))
	}
	put(t, s, lector.AnswerKey(strings.Repeat("d", 32)), "paid, and no clip yet")
	put(t, s, "claims/"+strings.Repeat("a", 64)+".json", `{"site":"havana"}`)
	put(t, s, lector.WithdrawnKey("havana", lector.Key("havana", "gone")), `{"files":["a.mp3"]}`)
	put(t, s, "lexicon/all/v00000001.json", `{"version":1}`)
	put(t, s, "lexicon/all/v00000002.json", `{"version":2}`)
	put(t, s, "clips/ff/"+strings.Repeat("f", 32)+".mp3", strings.Repeat("long", 2<<20))
	put(t, s, "clips/ee/"+strings.Repeat("e", 32)+".mp3", "")
}

// records are the jobs of a test.
type records map[string]lector.Job

func (r records) Job(_ context.Context, site, key string) (lector.Job, uint64, error) {
	j, ok := r[key]
	if !ok {
		return j, 0, fmt.Errorf("job %s: %w", key, lector.ErrNotFound)
	}
	return j, 1, nil
}

func (r records) set(id string, j lector.Job) { r[lector.Key("havana", id)] = j }

// run copies, and fails when the copy is broken off.
func run(t *testing.T, c *transfer.Copy) transfer.Report {
	t.Helper()
	c.Parallel = 3
	report, err := c.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return report
}

func equal(t *testing.T, from, to transfer.Source) {
	t.Helper()
	want, got := contents(t, from), contents(t, to)
	if !maps.Equal(want, got) {
		t.Errorf("source: %v\ntarget: %v", slices.Sorted(maps.Keys(want)), slices.Sorted(maps.Keys(got)))
		for key, content := range want {
			if got[key] != content {
				t.Errorf("%s differs: %d bytes, want %d", key, len(got[key]), len(content))
			}
		}
	}
}

// sums adds up the objects of the source, and those that were copied.
func sums(r transfer.Report) (objects, copied int) {
	for _, t := range []transfer.Tally{r.Clips, r.Answers, r.Claims, r.Lexicon, r.Withdrawn, r.Renditions} {
		objects, copied = objects+t.Objects, copied+t.Copied
	}
	return objects, copied
}

// TestThereAndBack moves a store from disk into S3 and back.
func TestThereAndBack(t *testing.T) {
	t.Parallel()
	server := s3test.Start(t, "audio")
	bucket, err := s3.Open(t.Context(), server.Config("audio"))
	if err != nil {
		t.Fatal(err)
	}
	first, _ := openDisk(t)
	const articles = 5
	fill(t, first, articles)
	second, _ := openDisk(t)
	for _, leg := range []struct {
		from, to transfer.Target
	}{{first, bucket}, {bucket, second}, {second, first}, {first, bucket}} {
		before := len(contents(t, leg.to))
		report := run(t, &transfer.Copy{From: leg.from, To: transfer.Verified(leg.to)})
		equal(t, leg.from, leg.to)
		if !report.Settled || len(report.Problems) > 0 {
			t.Errorf("report %+v", report)
		}
		objects, copied := sums(report)
		if all := articles*5 + 7; copied != all-before || objects != all {
			t.Errorf("copied %d of %d, of which %d were there: %+v", copied, all, before, report)
		}
	}
}

// TestPlanSaysWhatWouldBe: the plan counts what the copy then does.
func TestPlanSaysWhatWouldBe(t *testing.T) {
	t.Parallel()
	from, _ := openDisk(t)
	fill(t, from, 3)
	to, _ := openDisk(t)
	publish(t, to, "0", "1")
	publish(t, to, "gone", "1")
	jobs := records{}
	jobs.set("gone", lector.Job{State: lector.Removed})
	before := contents(t, to)
	plan := run(t, &transfer.Copy{From: from, To: transfer.DryRun(to), Jobs: jobs, Rounds: 1})
	if !maps.Equal(before, contents(t, to)) {
		t.Error("the plan changed something")
	}
	done := run(t, &transfer.Copy{From: from, To: to, Jobs: jobs})
	for i, pair := range [][2]transfer.Tally{
		{plan.Clips, done.Clips},
		{plan.Answers, done.Answers},
		{plan.Claims, done.Claims},
		{plan.Lexicon, done.Lexicon},
		{plan.Renditions, done.Renditions},
	} {
		if pair[0] != pair[1] {
			t.Errorf("part %d: planned %+v, done %+v", i, pair[0], pair[1])
		}
	}
	if done.Renditions.Deleted != 4 {
		t.Errorf("%+v", done.Renditions)
	}
}

// hookedTarget is a store that does something behind each write.
type hookedTarget struct {
	transfer.Target
	mu       sync.Mutex
	afterPut func(key string)
	corrupt  func(key, content string) string
	fail     error
	puts     []string

	deleted func(key string) // called before each deletion
}

func (h *hookedTarget) Delete(ctx context.Context, key string) error {
	if h.deleted != nil {
		h.deleted(key)
	}
	return h.Target.Delete(ctx, key)
}

func (h *hookedTarget) Put(ctx context.Context, o lector.Object, body io.ReadSeeker) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.fail != nil {
		return h.fail
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if h.corrupt != nil {
		if _, err := body.Seek(0, io.SeekStart); err != nil {
			return err
		}
		data, err := io.ReadAll(body)
		if err != nil {
			return err
		}
		body = strings.NewReader(h.corrupt(o.Key, string(data)))
	}
	if err := h.Target.Put(ctx, o, body); err != nil {
		return err
	}
	h.puts = append(h.puts, o.Key)
	if h.afterPut != nil {
		h.afterPut(o.Key)
	}
	return nil
}

// TestInterrupted breaks the copy off behind each of its writes: what the
// target points to is always there, and the next run does the rest.
func TestInterrupted(t *testing.T) {
	t.Parallel()
	from, _ := openDisk(t)
	for _, id := range []string{"1", "2", "3"} {
		publish(t, from, id, "1")
	}
	for after := 1; after <= 12; after++ {
		to, _ := openDisk(t)
		ctx, cancel := context.WithCancel(t.Context())
		h := &hookedTarget{Target: to}
		h.afterPut = func(string) {
			if len(h.puts) == after {
				cancel()
			}
		}
		if _, err := (&transfer.Copy{From: from, To: h, Parallel: 2}).Run(ctx); err == nil {
			t.Errorf("cancelled behind %d writes, and no error", after)
		}
		got := contents(t, to)
		for key, content := range got {
			var m lector.Manifest
			if strings.HasSuffix(key, "/manifest.json") {
				if err := json.Unmarshal([]byte(content), &m); err != nil {
					t.Error(err)
				}
				if mp3 := lector.Prefix(m.Site, m.Key) + m.Hash + ".mp3"; got[mp3] == "" {
					t.Errorf("behind %d writes %s points to nothing", after, key)
				}
			}
		}
		report := run(t, &transfer.Copy{From: from, To: to})
		if report.Renditions.Copied != 12-after {
			t.Errorf("behind %d writes the next run copies %d", after, report.Renditions.Copied)
		}
		equal(t, from, to)
	}
}

// TestWithdrawnMeanwhile takes an article down in the source behind each of
// the writes that bring it into the target: it does not stay there, also when
// the stores are gone through once only.
func TestWithdrawnMeanwhile(t *testing.T) {
	t.Parallel()
	for n := range 8 {
		after, rounds := n/2+1, n%2
		from, _ := openDisk(t)
		publish(t, from, "stays", "1")
		m := publish(t, from, "goes", "1")
		to, _ := openDisk(t)
		h := &hookedTarget{Target: to}
		seen := 0
		h.afterPut = func(key string) {
			if strings.HasPrefix(key, lector.Prefix(m.Site, m.Key)) {
				if seen++; seen == after {
					withdraw(t, from, "goes")
				}
			}
		}
		report := run(t, &transfer.Copy{From: from, To: h, Rounds: rounds})
		equal(t, from, to)
		if report.Renditions.Deleted == 0 || len(report.Problems) > 0 {
			t.Errorf("withdrawn behind write %d: %+v", after, report)
		}
	}
}

// TestEditedMeanwhile publishes a new revision behind each write.
func TestEditedMeanwhile(t *testing.T) {
	t.Parallel()
	for after := 1; after <= 8; after++ {
		from, _ := openDisk(t)
		publish(t, from, "other", "1")
		publish(t, from, "edited", "1")
		to, _ := openDisk(t)
		h := &hookedTarget{Target: to}
		h.afterPut = func(string) {
			if len(h.puts) == after {
				publish(t, from, "edited", "2")
				put(t, from, "clips/00/"+strings.Repeat("0", 32)+".mp3", "new")
			}
		}
		if report := run(t, &transfer.Copy{From: from, To: h}); !report.Settled || len(report.Problems) > 0 {
			t.Errorf("edited behind write %d: %+v", after, report)
		}
		equal(t, from, to)
	}
}

// TestSourceKeepsChanging: a source that changes at every round ends the copy all the
// same, and the report says so.
func TestSourceKeepsChanging(t *testing.T) {
	t.Parallel()
	from, _ := openDisk(t)
	publish(t, from, "1", "1")
	to, _ := openDisk(t)
	h := &hookedTarget{Target: to}
	clips := 0
	h.afterPut = func(key string) {
		if !strings.HasSuffix(key, "/manifest.json") && !strings.HasPrefix(key, "clips/") {
			return
		}
		clips++
		put(t, from, fmt.Sprintf("clips/00/%032d.mp3", clips), "new")
	}
	if report := run(t, &transfer.Copy{From: from, To: h}); report.Settled || report.Rounds != 3 || len(report.Problems) > 0 {
		t.Errorf("%+v", report)
	}
}

// TestWithdrawnSince takes an article down between two runs. Only a record
// that says so, or the wish for exactness, removes it from the target.
func TestWithdrawnSince(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		jobs  transfer.Jobs
		exact bool
		goes  bool
	}{
		"removed":             {records{lector.Key("havana", "2"): {State: lector.Removed}}, false, true},
		"refused":             {records{lector.Key("havana", "2"): {State: lector.Refused}}, false, true},
		"being made":          {records{lector.Key("havana", "2"): {State: lector.Running}}, false, false},
		"ready in the target": {records{lector.Key("havana", "2"): {State: lector.Ready, Rendition: "0f21"}}, false, false},
		"unknown":             {records{}, false, false},
		"no records":          {nil, false, false},
		"exact":               {nil, true, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			from, _ := openDisk(t)
			publish(t, from, "1", "1")
			to, _ := openDisk(t)
			publish(t, to, "2", "1")
			report := run(t, &transfer.Copy{From: from, To: to, Jobs: test.jobs, Exact: test.exact})
			left := 4
			if test.goes {
				left = 0
				equal(t, from, to)
			}
			if report.Renditions.Kept != left || report.Renditions.Deleted != 4-left || (len(report.Problems) == 0) != test.goes {
				t.Errorf("%+v", report)
			}
		})
	}
}

// TestNewerInTheTarget: who works with the target and copies once more does
// not lose what was done there.
func TestNewerInTheTarget(t *testing.T) {
	t.Parallel()
	job := func(revision string) transfer.Jobs {
		return records{lector.Key("havana", "1"): {State: lector.Ready, Rendition: "0f1" + revision, Revision: revision}}
	}
	knows := func(revision string) []lector.PreviousRendition {
		return []lector.PreviousRendition{{Hash: "0f1" + revision}}
	}
	for name, test := range map[string]struct {
		jobs  transfer.Jobs
		exact bool
		late  string // which of the stores was written last
		want  string
	}{
		"by record: target":    {job("2"), false, "from", "2"},
		"by record: source":    {job("1"), false, "to", "1"},
		"by time: target":      {nil, false, "to", "2"},
		"by time: source":      {nil, false, "from", "1"},
		"record knows neither": {job("3"), false, "to", "2"},
		"by history: target":   {nil, false, "from", "2"},
		"by history: source":   {nil, false, "to", "1"},
		"exact":                {job("2"), true, "to", "1"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			from, fromDir := openDisk(t)
			to, toDir := openDisk(t)
			var ours, theirs []lector.PreviousRendition
			if strings.HasPrefix(name, "by history") {
				ours, theirs = map[string][]lector.PreviousRendition{"1": knows("2")}[test.want], map[string][]lector.PreviousRendition{"2": knows("1")}[test.want]
			}
			m := publish(t, from, "1", "1", ours...)
			publish(t, to, "1", "2", theirs...)
			old := toDir
			if test.late == "to" {
				old = fromDir
			}
			pointer := lector.PointerKey(m.Site, m.Key)
			hourAgo := time.Now().Add(-time.Hour)
			if err := os.Chtimes(filepath.Join(old, pointer), hourAgo, hourAgo); err != nil {
				t.Fatal(err)
			}
			report := run(t, &transfer.Copy{From: from, To: to, Jobs: test.jobs, Exact: test.exact})
			if got := contents(t, to)[pointer]; !strings.Contains(got, `"revision":"`+test.want+`"`) {
				t.Errorf("the target points to %s", got)
			}
			if (len(report.Problems) > 0) != (test.want == "2") {
				t.Errorf("%+v", report)
			}
			if test.exact {
				equal(t, from, to)
			}
		})
	}
}

// TestExactKeepsThePointerTrue: while -exact replaces what is newer in the
// target, its pointer never names files that are gone.
func TestExactKeepsThePointerTrue(t *testing.T) {
	t.Parallel()
	from, _ := openDisk(t)
	m := publish(t, from, "1", "1")
	to, _ := openDisk(t)
	publish(t, to, "1", "2")
	h := &hookedTarget{Target: to}
	h.deleted = func(string) {
		got := contents(t, to)
		if pointer := got[lector.PointerKey(m.Site, m.Key)]; !strings.Contains(pointer, m.Hash) {
			t.Errorf("files went while the target pointed to %s", pointer)
		}
	}
	if report := run(t, &transfer.Copy{From: from, To: h, Exact: true}); report.Renditions.Deleted != 3 {
		t.Errorf("%+v", report)
	}
	equal(t, from, to)
}

// unreadable is a store of which a pointer cannot be read for a while.
type unreadable struct {
	transfer.Target
	key  string
	fail error
}

func (u unreadable) Open(ctx context.Context, key string) (io.ReadSeekCloser, lector.Object, error) {
	if key == u.key {
		return nil, lector.Object{}, u.fail
	}
	return u.Target.Open(ctx, key)
}

// TestFailureIsNoChange: a source that cannot be read says nothing
// about who is newer.
func TestFailureIsNoChange(t *testing.T) {
	t.Parallel()
	from, _ := openDisk(t)
	m := publish(t, from, "1", "1")
	to, _ := openDisk(t)
	publish(t, to, "1", "2")
	broken := unreadable{from, lector.PointerKey(m.Site, m.Key), errors.New("no answer")}
	report := run(t, &transfer.Copy{From: broken, To: to})
	if len(report.Problems) != 1 || !strings.Contains(report.Problems[0].Error, "no answer") {
		t.Errorf("%+v", report.Problems)
	}
}

// TestOtherContent: a name is not enough, nor a name and a size.
func TestOtherContent(t *testing.T) {
	t.Parallel()
	server := s3test.Start(t, "audio")
	bucket, err := s3.Open(t.Context(), server.Config("audio"))
	if err != nil {
		t.Fatal(err)
	}
	onDisk, _ := openDisk(t)
	for _, stores := range [][2]transfer.Target{{onDisk, bucket}, {bucket, onDisk}} {
		from, to := stores[0], stores[1]
		m := publish(t, from, "1", "1")
		vtt := lector.Prefix(m.Site, m.Key) + m.Hash + ".vtt"
		publish(t, to, "1", "1")
		for _, other := range []string{strings.ToUpper("text of " + m.Hash), "of another size"} {
			put(t, to, vtt, other)
			if report := run(t, &transfer.Copy{From: from, To: to}); report.Renditions.Copied != 1 {
				t.Errorf("%q instead: %+v", other, report)
			}
			equal(t, from, to)
		}
	}
}

// withoutETag is a store whose ETags are no sums, as those of encrypted buckets.
type withoutETag struct{ transfer.Target }

func (u withoutETag) Stat(ctx context.Context, key string) (lector.Object, error) {
	o, err := u.Target.Stat(ctx, key)
	o.ETag = `"` + strings.Repeat("0", 32) + `"`
	return o, err
}

// TestDamageIsSeen lets the target store other bytes than it gets.
func TestDamageIsSeen(t *testing.T) {
	t.Parallel()
	from, _ := openDisk(t)
	publish(t, from, "1", "1")
	damage := func(key, content string) string {
		if strings.HasSuffix(key, ".mp3") {
			return strings.Replace(content, "o", "0", 1)
		}
		return content
	}
	for name, tagged := range map[string]bool{"by its etag": true, "by reading": false} {
		to, _ := openDisk(t)
		var target transfer.Target = &hookedTarget{Target: to, corrupt: damage}
		if !tagged {
			target = withoutETag{target}
		}
		report := run(t, &transfer.Copy{From: from, To: transfer.Verified(target)})
		if len(report.Problems) != 1 || !strings.Contains(report.Problems[0].Error, "does not come back") {
			t.Errorf("%s: %+v", name, report)
		}
		if _, err := to.Stat(t.Context(), lector.PointerKey("havana", lector.Key("havana", "1"))); err == nil {
			t.Errorf("%s: the pointer to damaged sound is there", name)
		}
	}
	to, _ := openDisk(t)
	run(t, &transfer.Copy{From: from, To: transfer.Verified(withoutETag{to})})
	equal(t, from, to)
}

// TestFullTarget: when everything fails the copy ends before it has tried all.
func TestFullTarget(t *testing.T) {
	t.Parallel()
	from, _ := openDisk(t)
	fill(t, from, 60)
	to, _ := openDisk(t)
	h := &hookedTarget{Target: to, fail: lector.Hint(fmt.Errorf("no space left"), "free some")}
	report, err := (&transfer.Copy{From: from, To: h, Parallel: 2}).Run(t.Context())
	if err == nil || lector.HintOf(err) != "free some" || len(report.Problems) < 10 || len(report.Problems) > 20 {
		t.Errorf("%v, %d problems", err, len(report.Problems))
	}
}

// TestFilesAreMissing: a pointer to nothing is not copied, and told.
func TestFilesAreMissing(t *testing.T) {
	t.Parallel()
	from, _ := openDisk(t)
	m := publish(t, from, "1", "1")
	publish(t, from, "2", "1")
	if err := from.Delete(t.Context(), lector.Prefix(m.Site, m.Key)+m.Hash+".mp3"); err != nil {
		t.Fatal(err)
	}
	put(t, from, "a/havana/broken/manifest.json", "no manifest")
	to, _ := openDisk(t)
	report := run(t, &transfer.Copy{From: from, To: to})
	if len(report.Problems) != 2 {
		t.Fatalf("%+v", report)
	}
	got := contents(t, to)
	if len(got) != 6 || got[lector.PointerKey(m.Site, m.Key)] != "" {
		t.Errorf("the target has %v", slices.Sorted(maps.Keys(got)))
	}
}

// TestLexiconOfBothSides: pronunciations that were changed in the target stay,
// and are told.
func TestLexiconOfBothSides(t *testing.T) {
	t.Parallel()
	for _, exact := range []bool{false, true} {
		from, _ := openDisk(t)
		to, _ := openDisk(t)
		put(t, from, "lexicon/all/v00000001.json", "one")
		put(t, from, "lexicon/all/v00000002.json", "two")
		put(t, to, "lexicon/all/v00000001.json", "one")
		put(t, to, "lexicon/all/v00000002.json", "TWO")
		put(t, to, "lexicon/all/v00000003.json", "three")
		report := run(t, &transfer.Copy{From: from, To: to, Exact: exact})
		if exact {
			equal(t, from, to)
		} else if got := contents(t, to); got["lexicon/all/v00000002.json"] != "TWO" || got["lexicon/all/v00000003.json"] != "three" {
			t.Errorf("the target has %v", got)
		}
		if problems := map[bool]int{false: 2, true: 0}[exact]; len(report.Problems) != problems {
			t.Errorf("exact %v: %+v", exact, report)
		}
	}
}

// TestWhatIsNotOursStays: a clip that only the target has was paid for, and
// other programs' objects are nobody's business here.
func TestWhatIsNotOursStays(t *testing.T) {
	t.Parallel()
	from, _ := openDisk(t)
	publish(t, from, "1", "1")
	put(t, from, "clips/ping/x", "for a moment")
	put(t, from, "photos/1.jpg", "theirs")
	to, _ := openDisk(t)
	put(t, to, "clips/00/own.mp3", "paid")
	put(t, to, "photos/2.jpg", "theirs too")
	report := run(t, &transfer.Copy{From: from, To: to, Exact: true})
	got := contents(t, to)
	if len(got) != 6 || got["clips/00/own.mp3"] != "paid" || got["photos/2.jpg"] == "" || report.Clips.Kept != 1 || len(report.Problems) > 0 {
		t.Errorf("%v, %+v", slices.Sorted(maps.Keys(got)), report)
	}
}

// TestMirrorKeepsNothingOfItsOwn: what was erased in the source goes from its mirror, in
// each part.
func TestMirrorKeepsNothingOfItsOwn(t *testing.T) {
	t.Parallel()
	from, _ := openDisk(t)
	fill(t, from, 2)
	mirror, _ := openDisk(t)
	run(t, &transfer.Copy{From: from, To: mirror, Mirror: true})
	for _, prefix := range []string{"clips/", "answers/", "claims/", "withdrawn/", "lexicon/", "a/"} {
		for o, err := range from.List(t.Context(), prefix) {
			if err == nil {
				err = from.Delete(t.Context(), o.Key)
			}
			if err != nil {
				t.Fatal(err)
			}
			break // one of them
		}
	}
	report := run(t, &transfer.Copy{From: from, To: mirror, Mirror: true})
	if got, want := contents(t, mirror), contents(t, from); !maps.Equal(got, want) {
		t.Errorf("it has %q, the source %q", slices.Sorted(maps.Keys(got)), slices.Sorted(maps.Keys(want)))
	}
	for i, part := range []transfer.Tally{report.Clips, report.Answers, report.Claims, report.Withdrawn, report.Lexicon, report.Renditions} {
		if part.Deleted != 1 || part.Kept != 0 {
			t.Errorf("part %d: %+v", i, part)
		}
	}
}

func TestStepsAreWatched(t *testing.T) {
	t.Parallel()
	from, _ := openDisk(t)
	fill(t, from, 5)
	to, _ := openDisk(t)
	var mu sync.Mutex
	last := map[string]transfer.Step{}
	c := &transfer.Copy{From: from, To: to, OnStep: func(s transfer.Step) {
		mu.Lock()
		defer mu.Unlock()
		last[s.Part] = s
	}}
	report := run(t, c)
	_, copied := sums(report)
	if s := last["renditions"]; s.Seen != 20 || s.Copied != copied || s.Bytes == 0 || len(last) != 6 {
		t.Errorf("%+v", last)
	}
}

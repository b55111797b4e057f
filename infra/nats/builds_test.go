package nats

import (
	"bufio"
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/nats-io/nats.go"

	"lector"
	"lector/infra/limittest"
)

// restoreWritten publishes what an earlier build has left in its streams and buckets, as
// it was written by that build's own commands.
func restoreWritten(t *testing.T, c *Conn, file string) {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var m struct {
			Subject string
			Header  nats.Header
			Data    string
		}
		if err := json.Unmarshal(lines.Bytes(), &m); err != nil {
			t.Fatal(err)
		}
		if _, err := c.js.PublishMsg(t.Context(), &nats.Msg{Subject: m.Subject, Header: m.Header, Data: []byte(m.Data)}); err != nil {
			t.Fatal(err)
		}
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
}

// TestRecordsOfTheBuildBefore reads what build 330c3dc has written: an article that was
// replayed, one more, and one for members only.
func TestRecordsOfTheBuildBefore(t *testing.T) {
	t.Parallel()
	c := setup(t).Conn
	restoreWritten(t, c, "testdata/written-by-330c3dc.jsonl")
	store, err := c.JobStore(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	states := map[string]lector.State{}
	for j, err := range store.Jobs(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		states[j.Article] = j.State
		if _, version, err := store.Job(t.Context(), j.Site, j.ID); err != nil || version == 0 {
			t.Errorf("%s: version %d, %v", j.Article, version, err)
		}
		last, err := c.LastAnnouncement(t.Context(), j.Site, j.ID)
		replay := ""
		if n := len(j.Attempts); n > 0 {
			replay = j.Attempts[n-1].Replay
		}
		if err != nil || last.ID != lector.AnnouncementID(j, replay) {
			t.Errorf("%s: announced by %q (%v), want %q: it would be announced again", j.Article, last.ID, err, lector.AnnouncementID(j, replay))
		}
		e, _, err := c.NewestEvent(t.Context(), lector.JobRef{Site: j.Site, ID: j.ID})
		if err != nil || e.Article.ID != j.Article {
			t.Errorf("%s: newest event %+v, %v", j.Article, e.Article, err)
		}
	}
	if states["ready"] != lector.Ready || states["removed"] != lector.Ready || states["members"] != lector.Refused || len(states) != 3 {
		t.Errorf("states %v", states)
	}
	letters := letters(t, c, lector.DeadLetterQuery{})
	if len(letters) != 0 {
		t.Errorf("%d dead letters", len(letters))
	}
}

// TestFieldsOfANewerBuildAreKept: workers of this build and of the next write the same
// records while a fleet is brought to the next.
func TestFieldsOfANewerBuildAreKept(t *testing.T) {
	t.Parallel()
	c := setup(t).Conn
	store, err := c.JobStore(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	key := lector.Key("havana", "1")
	written := `{"id":"` + key + `","site":"havana","article":"1","state":"queued","reason":"waits","attempts":[],` +
		`"verdict":{"by":"someone","at":[1,2.50,"x"]},"sealed":true}`
	if _, err := c.js.Publish(t.Context(), "$KV.jobs."+jobKey("havana", key), []byte(written)); err != nil {
		t.Fatal(err)
	}
	j, version, err := store.Job(t.Context(), "havana", key)
	if err != nil {
		t.Fatal(err)
	}
	j.State, j.Reason = lector.Ready, ""
	if _, err := store.Save(t.Context(), j, version); err != nil {
		t.Fatal(err)
	}
	m, err := c.lastMessage(t.Context(), "KV_jobs", "$KV.jobs."+jobKey("havana", key))
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		State   lector.State
		Reason  string
		Verdict json.RawMessage
		Sealed  bool
	}
	if err := json.Unmarshal(m.Data, &got); err != nil {
		t.Fatal(err)
	}
	if string(got.Verdict) != `{"by":"someone","at":[1,2.50,"x"]}` || !got.Sealed || got.State != lector.Ready || got.Reason != "" {
		t.Errorf("stored %s", m.Data)
	}
}

// TestRecordsOfANewerBuildAreRefused: neither a worker nor a setup of this build touches
// what it cannot understand.
func TestRecordsOfANewerBuildAreRefused(t *testing.T) {
	t.Parallel()
	c := setup(t).Conn
	kv, err := c.js.KeyValue(t.Context(), jobs)
	if err != nil {
		t.Fatal(err)
	}
	const record = `{"characters":{"billed":1}}` // which a setup would bring over, were it of the build before
	if _, err := kv.Put(t.Context(), "havana.x", []byte(record)); err != nil {
		t.Fatal(err)
	}
	next := bucketConfigs(1)[0]
	next.Metadata = map[string]string{formatKey: "3"}
	if _, err := c.js.UpdateKeyValue(t.Context(), next); err != nil {
		t.Fatal(err)
	}
	_, opened := c.JobStore(t.Context())
	for what, err := range map[string]error{"a worker": opened, "a setup": c.Setup(limittest.Context(t), 1)} {
		if !errors.Is(err, errNewerFormat) || !strings.Contains(err.Error(), "newer build") || lector.HintOf(err) == "" {
			t.Errorf("%s: %v (%s)", what, err, lector.HintOf(err))
		}
	}
	entry, err := kv.Get(t.Context(), "havana.x")
	if err != nil || string(entry.Value()) != record {
		t.Errorf("the record: %s, %v", entry.Value(), err)
	}
	status, err := kv.Status(t.Context())
	if err != nil || status.Metadata()[formatKey] != "3" {
		t.Errorf("the format: %v, %v", status.Metadata(), err)
	}
}

package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"lector"
	"lector/infra/limittest"
	"lector/infra/store/s3"
	"lector/infra/store/s3/s3test"
	"lector/infra/store/storetest"
)

// TestServers tries Lector with every S3 server that can be built here: the
// conformance suite of the stores, the whole way of an article, and what the
// server keeps. It takes minutes, so it runs by make stores only, which prints
// the table of docs/stores.md.
func TestServers(t *testing.T) {
	t.Parallel()
	if os.Getenv("LECTOR_TEST_SERVERS") == "" {
		t.Skip("SKIPPED: make stores runs it")
	}
	table := &serverTable{}
	for _, p := range s3test.Programs() {
		if _, err := p.Find(); err != nil {
			t.Logf("%s is not there, so it is not tried: %v", p.Name, err)
			continue
		}
		table.try(t, p)
	}
	text := table.String()
	t.Logf("the table of docs/stores.md:\n%s", text)
	doc, err := os.ReadFile(filepath.Join("..", "..", "docs", "stores.md"))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(text) {
		if !strings.Contains(string(doc), line) {
			t.Errorf("this line is not in docs/stores.md: %s", line)
		}
	}
}

// serverTable has a row for each server, so that one that is missing leaves
// the others' as they are, and a column for each question.
type serverTable struct {
	questions []string
	rows      [][]string // the name, then the answers
}

// add adds an answer to the last row.
func (st *serverTable) add(question, answer string) {
	last := &st.rows[len(st.rows)-1]
	if !slices.Contains(st.questions, question) {
		st.questions = append(st.questions, question)
	}
	*last = append(*last, answer)
}

// String is the table in Markdown.
func (st *serverTable) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "| server | %s |\n|---|%s\n", strings.Join(st.questions, " | "), strings.Repeat("---|", len(st.questions)))
	for _, row := range st.rows {
		fmt.Fprintf(&b, "| %s |\n", strings.Join(row, " | "))
	}
	return b.String()
}

// try fills the row of one server.
func (st *serverTable) try(t *testing.T, p s3test.Program) {
	version, err := p.Version()
	if err != nil {
		t.Fatal(err)
	}
	st.rows = append(st.rows, []string{p.Name + " " + version})
	server := s3test.StartProgram(t, p)
	passes := func(name string, f func(t *testing.T)) {
		answer := "fails"
		if t.Run(p.Name+" "+name, f) {
			answer = "passes"
		}
		st.add(name, answer)
	}
	passes("conformance suite", func(t *testing.T) {
		storetest.Run(t, func(t *testing.T) storetest.Store { return openS3(t, server.Config(server.NewBucket(t))) })
	})
	passes("article to audio, edit, takedown", func(t *testing.T) { wholeWay(t, openS3(t, server.Config(server.NewBucket(t)))) })
	st.add("a put into a bucket that is not there", missingBucket(t, server))
	traits, err := openS3(t, server.Config(server.NewBucket(t))).Probe(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, trait := range traits {
		st.add(trait.Name, trait.Found)
	}
}

// missingBucket finds out whether the server makes a bucket at the first put.
// The store itself would not put there, so its look is answered by a proxy.
func missingBucket(t *testing.T, server *s3test.Server) string {
	const bucket = "not-there"
	if err := openS3(t, server.Config(bucket)).Ping(t.Context()); err == nil || !strings.Contains(lector.HintOf(err), "lector setup") {
		t.Errorf("ping of a bucket that is not there: %v", err)
	}
	blind := openS3(t, server.Deviating(t, s3test.Seeing(bucket)).Config(bucket))
	err := blind.Put(t.Context(), lector.NewObject("k"), strings.NewReader("x"))
	if err == nil {
		return "makes the bucket"
	}
	return "is refused"
}

// wholeWay goes from an article's event to its audio, through an edit and a
// replay, and to its end.
func wholeWay(t *testing.T, s *s3.Store) {
	h := openInstallation(t, t.TempDir(), &silentVoice{})
	h.store = s
	h.addWorker("two")
	h.start()
	a := sampleArticle("1")
	j := h.publishAndWait(lector.Published, a)
	if j.State != lector.Ready || j.Usage.Billed == 0 {
		t.Fatalf("published: %+v", j)
	}
	m := h.manifest(a)
	path := "/" + lector.Prefix(a.Site, a.Key()) + m.Hash + ".mp3"
	if r, mp3 := h.get(path); r.StatusCode != 200 || int64(len(mp3)) != m.Bytes {
		t.Errorf("GET %s: %s, %d bytes of %d", path, r.Status, len(mp3), m.Bytes)
	}
	if r, part := h.get(path, "Range", "bytes=100-199"); r.StatusCode != 206 || len(part) != 100 {
		t.Errorf("range: %s, %d bytes", r.Status, len(part))
	}
	a.Title, a.UpdatedAt = "The bridge is closed", a.UpdatedAt.AddDate(0, 0, 1)
	if edited := h.publishAndWait(lector.Updated, a); edited.State != lector.Ready || edited.Usage.Reused == 0 || edited.Rendition == j.Rendition {
		t.Errorf("edited: %+v", edited)
	}
	if billed := h.replayAll([]lector.Job{h.jobAtRest(a)}); billed != 0 {
		t.Errorf("a replay billed %d characters", billed)
	}
	h.publishAndWait(lector.Deleted, lector.Article{Site: a.Site, ID: a.ID})
	if left := h.files(a); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	if _, err := s.Stat(t.Context(), path[1:]); !errors.Is(err, lector.ErrNotFound) {
		t.Errorf("the audio of a deleted article: %v", err)
	}
}

// jobAtRest returns the record of an article once it has ended and is announced.
func (h *installation) jobAtRest(a lector.Article) lector.Job {
	h.t.Helper()
	var j lector.Job
	limittest.Until(h.t, "the job has ended and is announced", func() (done bool) {
		var err error
		if j, _, err = h.jobs.Job(h.t.Context(), a.Site, a.Key()); err != nil {
			h.t.Fatal(err)
		}
		return j.State.Terminal() && (j.Announced || h.isAnnounced(j))
	})
	return j
}

// isAnnounced reports whether the last audio event of an article tells how its job ended.
func (h *installation) isAnnounced(j lector.Job) bool {
	last, err := h.conn.LastAnnouncement(h.t.Context(), j.Site, j.ID)
	return err == nil && last.Announces(j)
}

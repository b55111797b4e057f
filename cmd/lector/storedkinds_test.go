package main

import (
	"encoding/json"
	"errors"
	"flag"
	"strings"
	"testing"

	"lector"
	"lector/infra/storedtest"
	"lector/publisher/intake/reconcile"
)

//go:generate go test -run ^TestStoredKinds$ . -update-stored

var updateStored = flag.Bool("update-stored", false, "write the golden files of the version that is not released yet")

// storedKind is a kind of object in the store, or of file beside it.
type storedKind struct {
	file   string // its golden file
	prefix string // what the keys of such objects begin with; "": it is none
	sample any
	encode func() ([]byte, error)
	decode func([]byte) (any, error)
}

// TestStoredKinds: what is written now is what the golden files of this version hold.
func TestStoredKinds(t *testing.T) {
	t.Parallel()
	files := storedtest.Open(t, "../../CHANGELOG.md")
	for _, k := range storedKinds() {
		data, err := k.encode()
		if err != nil {
			t.Fatal(k.file, err)
		}
		files.Check(t, k.file, append(data, '\n'), *updateStored)
	}
}

// TestStoredKindsOfEachVersion reads what each version has written.
func TestStoredKindsOfEachVersion(t *testing.T) {
	t.Parallel()
	files := storedtest.Open(t, "../../CHANGELOG.md")
	for _, version := range files.Versions(t) {
		for _, k := range storedKinds() {
			data, there := files.Read(t, version, k.file)
			if !there {
				continue
			}
			got, err := k.decode([]byte(strings.TrimSuffix(string(data), "\n")))
			if err != nil {
				t.Errorf("%s of version %s: %v", k.file, version, err)
				continue
			}
			files.Compare(t, version, k.file, got, k.sample)
		}
	}
}

// TestEachKindOfObjectHasAGoldenFile looks at what an installation has put into its store.
func TestEachKindOfObjectHasAGoldenFile(t *testing.T) {
	t.Parallel()
	h := openInstallation(t, t.TempDir(), &silentVoice{}).start()
	withdrawn, large := sampleArticle("withdrawn"), sampleArticle("large")
	h.publishAndWait(lector.Published, withdrawn)
	h.publishAndWait(lector.Unpublished, withdrawn)
	short, content, err := large.ByReference()
	if err == nil {
		err = h.store.Create(t.Context(), lector.NewObject(short.Body.Ref), strings.NewReader(string(content)))
	}
	if err == nil {
		err = writeLexicon(t.Context(), h.store, allSites, lexiconFile{})
	}
	if err != nil {
		t.Fatal(err)
	}
	h.publishAndWait(lector.Published, short)
	found := map[string]bool{"clips/": true, "answers/": true} // worker/synth has their golden file
	for _, k := range storedKinds() {
		found[k.prefix] = true
	}
	n := 0
	for o, err := range h.store.List(t.Context(), "") {
		if err != nil {
			t.Fatal(err)
		}
		n++
		if kind, _, _ := strings.Cut(o.Key, "/"); !found[kind+"/"] {
			t.Errorf("objects like %s have no golden file", o.Key)
		}
	}
	if n < 8 {
		t.Errorf("only %d objects", n)
	}
}

// plainKind is a kind that is JSON and nothing else.
func plainKind[T any](file, prefix string, sample T) storedKind {
	return storedKind{
		file, prefix, sample, func() ([]byte, error) { return json.Marshal(sample) },
		func(data []byte) (any, error) {
			var got T
			return got, errors.Join(json.Unmarshal(data, &got))
		},
	}
}

func storedKinds() []storedKind {
	manifest, lexicon, note, made, lacking := lector.Manifest{}, lexiconFile{}, lector.Withdrawn{}, backup{}, []reconcile.Item{}
	for _, sample := range []any{&manifest, &lexicon, &note, &made, &lacking} {
		storedtest.Fill(sample)
	}
	manifest.Site, manifest.Key = "havana", "key"
	manifest.Links = lector.NewLinks("abc")
	manifest.Links.Chapters, manifest.Links.Article = "abc.chapters.json", "https://reader.example/a"
	for i := range made.Streams {
		made.Streams[i].Config, made.Streams[i].State = json.RawMessage(`{}`), json.RawMessage(`{}`)
	}
	article := sampleArticle("large")
	article.Revision = article.Fingerprint()
	short, content, err := article.ByReference()
	return []storedKind{
		{"manifest.json", "a/", manifest, func() ([]byte, error) { return json.Marshal(manifest) },
			func(data []byte) (any, error) { return lector.ReadManifest(data) }},
		{"claim.json", "claims/", article, func() ([]byte, error) { return content, err },
			func(data []byte) (any, error) { return short.Dereference(data) }},
		plainKind("lexicon.json", "lexicon/", lexicon),
		plainKind("withdrawn.json", "withdrawn/", note),
		plainKind("lacking.json", "", lacking),
		plainKind("backup.json", "", made),
	}
}

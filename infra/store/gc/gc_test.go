package gc

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"lector"
	"lector/infra/store/disk"
)

func hash(letter string) string { return strings.Repeat(letter, 64) }

// stored is a store with two renditions, four clips and an answer.
func stored(t *testing.T) *disk.Store {
	t.Helper()
	s, err := disk.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	manifest := func(clips ...string) []byte {
		data, err := json.Marshal(lector.Manifest{Site: "havana", Segments: []lector.Segment{{Clips: clips}}})
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	for key, body := range map[string][]byte{
		lector.PointerKey("havana", "first"):                  manifest(hash("a")),
		lector.Prefix("havana", "first") + "1.manifest.json":  manifest(hash("a")),
		lector.Prefix("havana", "second") + "2.manifest.json": manifest(hash("a"), hash("b")), // behind the pointer or before it
		lector.ClipKey(hash("a")):                             []byte("aa"), lector.ClipKey(hash("b")): []byte("bbb"),
		lector.ClipKey(hash("c")): []byte("cccc"), lector.AnswerKey(hash("d")): []byte("ddddd"),
		"lexicon/havana.json": []byte("{}"),
	} {
		put(t, s, key, body)
	}
	return s
}

func put(t *testing.T, s *disk.Store, key string, body []byte) {
	t.Helper()
	if err := s.Put(t.Context(), lector.NewObject(key), bytes.NewReader(body)); err != nil {
		t.Fatal(err)
	}
}

func keys(t *testing.T, s *disk.Store) (all []string) {
	t.Helper()
	for o, err := range s.List(t.Context(), "") {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, o.Key)
	}
	return all
}

func TestOnlyWhatNoRenditionNamesGoes(t *testing.T) {
	t.Parallel()
	s := stored(t)
	before := keys(t, s)
	p, err := Find(t.Context(), s, time.Now().Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	if p.Renditions != 3 || p.Clips != (Tally{1, 4}) || p.Answers != (Tally{1, 5}) || p.Kept != (Tally{2, 5}) {
		t.Errorf("plan %+v", p)
	}
	if after := keys(t, s); !slices.Equal(before, after) {
		t.Errorf("the plan changed the store: %v, before %v", after, before)
	}
	removed := 0
	if err := p.Remove(t.Context(), s, func() { removed++ }); err != nil || removed != 2 {
		t.Fatalf("removed %d: %v", removed, err)
	}
	want := slices.DeleteFunc(before, func(key string) bool {
		return key == lector.ClipKey(hash("c")) || key == lector.AnswerKey(hash("d"))
	})
	if after := keys(t, s); !slices.Equal(want, after) {
		t.Errorf("the store has %v, want %v", after, want)
	}
}

func TestYoungClipsStay(t *testing.T) {
	t.Parallel()
	s := stored(t)
	p, err := Find(t.Context(), s, time.Now().Add(-time.Hour))
	if err != nil || p.Clips.Objects+p.Answers.Objects != 0 || p.Kept.Objects != 4 {
		t.Errorf("plan %+v, %v", p, err)
	}
}

func TestUnreadableManifestStopsAll(t *testing.T) {
	t.Parallel()
	s := stored(t)
	key := lector.Prefix("havana", "third") + "3.manifest.json"
	put(t, s, key, []byte(`{"segments": [`))
	p, err := Find(t.Context(), s, time.Now().Add(time.Hour))
	if err == nil || !strings.Contains(err.Error(), key) || lector.HintOf(err) == "" {
		t.Errorf("plan %+v, %v", p, err)
	}
	removed := 0
	if err := errors.Join(p.Remove(t.Context(), s, func() { removed++ })); err != nil || removed > 0 {
		t.Errorf("removed %d: %v", removed, err)
	}
}

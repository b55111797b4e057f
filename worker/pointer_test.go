package worker

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"testing"
	"time"

	"lector"
)

// makePublic puts a rendition into the store and makes it public, as a job does.
func (m *fakeServices) makePublic(t *testing.T, r lector.Manifest) (lector.Manifest, error) {
	t.Helper()
	j := lector.Job{Site: "havana", ID: lector.Key("havana", "1"), Article: "1", Revision: r.Revision, Rendition: r.Hash}
	r.Site, r.Article, r.Key = j.Site, j.Article, j.ID
	data, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	m.objects[lector.Prefix(j.Site, j.ID)+r.Hash+".manifest.json"] = data
	if _, err := m.worker().writePointer(t.Context(), &record{}, j); err != nil {
		return lector.Manifest{}, err
	}
	var pointer lector.Manifest
	if err := json.Unmarshal(m.objects[lector.PointerKey(j.Site, j.ID)], &pointer); err != nil {
		t.Fatal(err)
	}
	return pointer, nil
}

func day(n int) time.Time { return time.Date(2026, 11, n, 9, 0, 0, 0, time.UTC) }

// TestFirstDateStays: whatever later revisions say of their own date.
func TestFirstDateStays(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		revisions []lector.Manifest
		want      time.Time
	}{
		"edited":                {[]lector.Manifest{{PublishedAt: day(1), Created: day(2)}, {PublishedAt: day(1), Created: day(3)}}, day(1)},
		"CMS moves the date":    {[]lector.Manifest{{PublishedAt: day(5), Created: day(5)}, {PublishedAt: day(7), Created: day(7)}, {PublishedAt: day(3), Created: day(8)}}, day(5)},
		"CMS states no date":    {[]lector.Manifest{{Created: day(5)}, {Created: day(7)}, {Created: day(9)}}, day(5)},
		"CMS states it later":   {[]lector.Manifest{{Created: day(5)}, {PublishedAt: day(4), Created: day(7)}}, day(5)},
		"more than the history": {make30(day(5)), day(5)},
	} {
		m := newFakeServices()
		for i, r := range c.revisions {
			r.Hash, r.Revision = string(rune('a'+i%26))+string(rune('a'+i/26)), "r"
			got, err := m.makePublic(t, r)
			if err != nil {
				t.Fatal(err)
			}
			if !got.FirstPublished.Equal(c.want) || len(got.PreviousRenditions) != min(i, 20) {
				t.Errorf("%s, revision %d: first published %v with %d before, want %v", name, i, got.FirstPublished, len(got.PreviousRenditions), c.want)
			}
		}
	}
}

func make30(first time.Time) (all []lector.Manifest) {
	for i := range 30 {
		all = append(all, lector.Manifest{Created: first.AddDate(0, 0, i)})
	}
	return all
}

// TestFirstDateOfAnOldPointer: one that was written before it had that date.
func TestFirstDateOfAnOldPointer(t *testing.T) {
	t.Parallel()
	m := newFakeServices()
	key := lector.PointerKey("havana", lector.Key("havana", "1"))
	m.objects[key] = []byte(`{"hash":"old","created":"2026-11-02T09:00:00Z"}`)
	if got, err := m.makePublic(t, lector.Manifest{Hash: "new", Created: day(8)}); err != nil || !got.FirstPublished.Equal(day(2)) || len(got.PreviousRenditions) != 1 {
		t.Errorf("first published %v, history %v, %v", got.FirstPublished, got.PreviousRenditions, err)
	}
	m.objects[key] = []byte(`{"hash":`)
	if got, err := m.makePublic(t, lector.Manifest{Hash: "new", Created: day(8)}); err != nil || !got.FirstPublished.Equal(day(8)) {
		t.Errorf("behind a broken pointer first published %v, %v", got.FirstPublished, err)
	}
}

// failingStore does not answer for one key.
type failingStore struct {
	*fakeServices
	key string
	err error
}

func (s failingStore) Open(ctx context.Context, key string) (io.ReadSeekCloser, lector.Object, error) {
	if key == s.key {
		return nil, lector.Object{}, s.err
	}
	return s.fakeServices.Open(ctx, key)
}

// TestPointerIsNotReplacedUnread: a store that does not answer for a moment
// costs no date and no history.
func TestPointerIsNotReplacedUnread(t *testing.T) {
	t.Parallel()
	m := newFakeServices()
	if _, err := m.makePublic(t, lector.Manifest{Hash: "a", Created: day(1)}); err != nil {
		t.Fatal(err)
	}
	j := lector.Job{Site: "havana", ID: lector.Key("havana", "1"), Rendition: "a"}
	key := lector.PointerKey(j.Site, j.ID)
	before := bytes.Clone(m.objects[key])
	w := m.worker()
	silent := errors.New("no answer")
	w.Store = failingStore{m, key, silent}
	if _, err := w.writePointer(t.Context(), &record{}, j); !errors.Is(err, silent) || !bytes.Equal(before, m.objects[key]) {
		t.Errorf("%v; the pointer was %s and is %s", err, before, m.objects[key])
	}
}

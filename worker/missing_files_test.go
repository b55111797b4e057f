package worker

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"maps"
	"slices"
	"testing"
	"time"

	"lector"
)

// readyRefs are the jobs of an index.
type readyRefs []lector.JobRef

func (r readyRefs) ReadyAfter(id string, n int) []lector.JobRef {
	at, _ := slices.BinarySearchFunc(r, id+"\x00", func(r lector.JobRef, id string) int { return cmp.Compare(r.ID, id) })
	return slices.Clone(r[at:min(at+n, len(r))])
}

// newMissingFiles has ready articles whose files are all in the store, and notes what is
// told.
func newMissingFiles(n int) (m *MissingFiles, f *fakeServices, told *map[string]int) {
	f, told = newFakeServices(), new(map[string]int)
	var ready readyRefs
	for i := range n {
		j := lector.Job{Site: "havana", ID: fmt.Sprintf("%04d", i), State: lector.Ready, Rendition: "r", Changed: time.Now().Add(-2 * pointerTime)}
		f.jobs[j.ID], f.versions[j.ID] = j, 1
		ready = append(ready, lector.JobRef{Site: j.Site, ID: j.ID})
		for _, key := range filesOf(j) {
			f.objects[key] = []byte("x")
		}
	}
	m = &MissingFiles{Ready: ready, Jobs: f, Store: f, Log: slog.New(slog.DiscardHandler), OnLook: func(bySite map[string]int) { *told = bySite }}
	return m, f, told
}

func filesOf(j lector.Job) []string {
	prefix := lector.Prefix(j.Site, j.ID)
	return []string{prefix + "r.mp3", prefix + "r.manifest.json", lector.PointerKey(j.Site, j.ID)}
}

// lookFor looks once and compares what is told.
func (m *MissingFiles) lookFor(t *testing.T, told *map[string]int, want int) {
	t.Helper()
	if err := m.look(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := (*told)["havana"]; got != want {
		t.Errorf("%d lack files, want %d", got, want)
	}
}

// TestMissingFilesOfEachKind: each file of an article is missed, and no more when it is
// there again.
func TestMissingFilesOfEachKind(t *testing.T) {
	t.Parallel()
	m, f, told := newMissingFiles(3)
	m.lookFor(t, told, 0)
	for _, key := range filesOf(f.jobs["0001"]) {
		delete(f.objects, key)
		m.lookFor(t, told, 1)
		m.lookFor(t, told, 1)
		f.objects[key] = []byte("x")
		m.lookFor(t, told, 0)
	}
	m.stop()
	if *told != nil {
		t.Errorf("%v is told although nobody looks", *told)
	}
}

// TestMissingFilesInTurn: all articles are looked at in turn, and what lacked files is
// looked at again each time, whatever its turn.
func TestMissingFilesInTurn(t *testing.T) {
	t.Parallel()
	m, f, told := newMissingFiles(3*filesPerLook + 1)
	lost := []string{"0000", fmt.Sprintf("%04d", filesPerLook), fmt.Sprintf("%04d", 3*filesPerLook)}
	for _, id := range lost {
		delete(f.objects, filesOf(f.jobs[id])[0])
	}
	for _, want := range []int{1, 2, 2, 3} {
		m.lookFor(t, told, want)
	}
	f.objects[filesOf(f.jobs[lost[2]])[0]] = []byte("x") // whose turn is the last of all
	m.lookFor(t, told, 2)
	f.objects[filesOf(f.jobs[lost[0]])[0]] = []byte("x")
	m.lookFor(t, told, 1)
}

// TestMissingFilesAreNotOfTheWithdrawn: an article that has no audio any more lacks nothing,
// nor does one whose pointer is about to come.
func TestMissingFilesAreNotOfTheWithdrawn(t *testing.T) {
	t.Parallel()
	m, f, told := newMissingFiles(4)
	withdrawn, gone, young := f.jobs["0000"], f.jobs["0001"], f.jobs["0002"]
	clear(f.objects)
	m.lookFor(t, told, 4)
	withdrawn.State, withdrawn.Rendition = lector.Removed, ""
	f.jobs[withdrawn.ID] = withdrawn
	delete(f.versions, gone.ID)
	young.Changed = time.Now()
	f.jobs[young.ID] = young
	for _, key := range filesOf(young)[:2] {
		f.objects[key] = []byte("x")
	}
	m.lookFor(t, told, 1)
	if got := slices.Collect(maps.Keys(m.known)); !slices.Equal(got, []string{"0003"}) {
		t.Errorf("%v lack files", got)
	}
}

// failingList is a store that lists nothing.
type failingList struct {
	*fakeServices
	err error
}

func (s failingList) List(context.Context, string) iter.Seq2[lector.Object, error] {
	return func(yield func(lector.Object, error) bool) { yield(lector.Object{}, s.err) }
}

// TestMissingFilesOfAStoreThatIsAway: what nobody can look at is not missing.
func TestMissingFilesOfAStoreThatIsAway(t *testing.T) {
	t.Parallel()
	m, f, told := newMissingFiles(2)
	*told = map[string]int{"havana": -1}
	m.Store = failingList{f, errors.New("away")}
	if err := m.look(t.Context()); err == nil || (*told)["havana"] != -1 {
		t.Errorf("%v, told %v", err, *told)
	}
}

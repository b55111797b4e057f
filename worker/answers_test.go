package worker

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"lector"
)

// awayStore is a store that takes nothing while it is away.
type awayStore struct {
	*fakeServices
	away error
}

func (s *awayStore) Put(ctx context.Context, o lector.Object, body io.ReadSeeker) error {
	if s.away != nil {
		return s.away
	}
	return s.fakeServices.Put(ctx, o, body)
}

// TestAnswersWhileTheStoreIsAway keeps what came in the spool, lets nothing more be
// asked for, and moves it to the store when that is back.
func TestAnswersWhileTheStoreIsAway(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	s := &awayStore{fakeServices: newFakeServices()}
	a := &Answers{Store: s, Spool: t.TempDir(), Limit: 10}
	if err := errors.Join(a.Ready(ctx), a.Put(ctx, "aa00", []byte("one"), nil)); err != nil {
		t.Fatal(err)
	}
	s.away = errors.New("503 slow down")
	if err := a.Put(ctx, "bb00", []byte("two"), nil); err != nil {
		t.Errorf("not kept in the spool: %v", err)
	}
	if err := a.Put(ctx, "cc00", []byte("more than the spool may hold"), nil); err == nil {
		t.Error("the spool has no bound")
	}
	err := a.Ready(ctx)
	if _, waits := lector.IsThrottled(err); !waits || lector.ClassOf(err) != lector.ClassStorage || !errors.Is(err, s.away) {
		t.Errorf("calls may be made: %v", err)
	}
	for hash, want := range map[string]string{"aa00": "one", "bb00": "two"} {
		if got, err := a.Get(ctx, hash); err != nil || string(got) != want {
			t.Errorf("%s: %q, %v", hash, got, err)
		}
	}
	s.away = nil
	if err := a.Ready(ctx); err != nil {
		t.Errorf("it is back: %v", err)
	}
	if got := s.objects[lector.AnswerKey("bb00")]; string(got) != "two" {
		t.Errorf("not moved: %q", got)
	}
	if files, err := a.spooled(); err != nil || len(files) != 0 {
		t.Errorf("left in the spool: %q, %v", files, err)
	}
	if err := a.Delete(ctx, "bb00"); err != nil || len(s.objects) != 1 {
		t.Errorf("%v, %d objects", err, len(s.objects))
	}
}

// TestStoreIsProbed has nothing in the spool.
func TestStoreIsProbed(t *testing.T) {
	t.Parallel()
	s := &awayStore{fakeServices: newFakeServices(), away: errors.New("no space left")}
	a := &Answers{Store: s}
	if err := a.Put(t.Context(), "aa00", []byte("one"), nil); !errors.Is(err, s.away) {
		t.Errorf("kept nowhere: %v", err)
	}
	if a.Ready(t.Context()) == nil {
		t.Error("a store that takes nothing is ready")
	}
	s.away = nil
	if err := a.Ready(t.Context()); err != nil || len(s.objects) != 0 {
		t.Errorf("%v, %d objects left by the probe", err, len(s.objects))
	}
}

// TestSlowStoreDoesNotHoldAnAnswer has a store that does not answer at all.
func TestSlowStoreDoesNotHoldAnAnswer(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		a := &Answers{Store: hangingStore{newFakeServices()}, Spool: dir}
		if err := a.Put(t.Context(), "aa00", []byte("one"), nil); err != nil {
			t.Error(err)
		}
		if got, err := a.Get(t.Context(), "aa00"); err != nil || string(got) != "one" {
			t.Errorf("%q, %v", got, err)
		}
	})
}

// TestAnswerIsDurableWhileTheStoreHesitates has a worker that dies while the store has
// not said yet that it took an answer: the next process finds it in the spool. An
// answer that the store took in time or late is not left there.
func TestAnswerIsDurableWhileTheStoreHesitates(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		takes time.Duration // of the store
		want  bool          // in the spool after the longest time in memory
	}{
		"at once": {patience / 2, false},
		"late":    {storageWait / 2, true},
		"never":   {time.Hour, true},
	} {
		dir := t.TempDir()
		synctest.Test(t, func(t *testing.T) {
			a := &Answers{Store: slowStore{newFakeServices(), test.takes}, Spool: dir}
			done := make(chan error, 1)
			go func() { done <- a.Put(t.Context(), "aa00", []byte("one"), nil) }()
			time.Sleep(patience)
			synctest.Wait()
			next := &Answers{Store: newFakeServices(), Spool: dir} // of the process that follows a death now
			got, err := next.Get(t.Context(), "aa00")
			if test.want != (err == nil && string(got) == "one") {
				t.Errorf("%s: a death now leaves %q, %v", name, got, err)
			}
			if err := <-done; err != nil {
				t.Errorf("%s: %v", name, err)
			}
			if left, err := a.spooled(); err != nil || (len(left) > 0) != (test.takes > storageWait) || (a.Down() != nil) != (len(left) > 0) {
				t.Errorf("%s: left in the spool %q, %v; down: %v", name, left, err, a.Down())
			}
		})
	}
}

// TestOthersAreToldOfTheSpool: as soon as the store refuses an answer or hesitates for
// longer, and not for a store that is only slow.
func TestOthersAreToldOfTheSpool(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		takes time.Duration // of the store
		away  bool
		spool bool
		told  time.Duration // 0: never
	}{
		"at once":              {0, false, true, 0},
		"slow":                 {patience + defaultHesitation/2, false, true, 0},
		"hesitates":            {time.Second, false, true, patience + defaultHesitation},
		"refuses":              {10 * time.Millisecond, true, true, 10 * time.Millisecond},
		"refuses late":         {patience + time.Millisecond, true, true, patience + time.Millisecond},
		"refuses, and nowhere": {10 * time.Millisecond, true, false, 0},
	} {
		dir := t.TempDir()
		synctest.Test(t, func(t *testing.T) {
			s := putFunc{newFakeServices(), func() error {
				time.Sleep(test.takes)
				if test.away {
					return errors.New("503 slow down")
				}
				return nil
			}}
			a := &Answers{Store: s}
			if test.spool {
				a.Spool = dir
			}
			began, told, times := time.Now(), time.Duration(0), 0
			_ = a.Put(t.Context(), "aa00", []byte("one"), func() { told, times = time.Since(began), times+1 })
			if told != test.told || times != min(times, 1) {
				t.Errorf("%s: told after %v, want %v, %d times", name, told, test.told, times)
			}
		})
	}
}

// TestAnswerOutlivesADeathBeforeTheStoreIsAsked has a worker die at the first byte that it
// sends to the store: the next process of its directory has the answer.
func TestAnswerOutlivesADeathBeforeTheStoreIsAsked(t *testing.T) {
	t.Parallel()
	dir, asked := t.TempDir(), 0
	died := errors.New("the process died")
	s := putFunc{newFakeServices(), func() error {
		asked++
		next := &Answers{Store: newFakeServices(), Spool: dir}
		if got, err := next.Get(t.Context(), "aa00"); err != nil || string(got) != "one" {
			t.Errorf("a death now leaves %q, %v", got, err)
		}
		return died
	}}
	_ = (&Answers{Store: s, Spool: dir}).Put(t.Context(), "aa00", []byte("one"), nil)
	store := newFakeServices()
	next := &Answers{Store: store, Spool: dir}
	if err := next.Ready(t.Context()); err != nil || asked != 1 || string(store.objects[lector.AnswerKey("aa00")]) != "one" {
		t.Errorf("%v, asked %d times, %q", err, asked, store.objects)
	}
}

// putFunc is a store whose Put calls a function.
type putFunc struct {
	*fakeServices
	do func() error
}

func (s putFunc) Put(context.Context, lector.Object, io.ReadSeeker) error { return s.do() }

// TestPowerCutLeavesNoHalfAnswer has files in the spool that were not synced when the
// power was cut: what the store has is not written over, and nothing is made of nothing.
func TestPowerCutLeavesNoHalfAnswer(t *testing.T) {
	t.Parallel()
	dir, s := t.TempDir(), newFakeServices()
	s.objects[lector.AnswerKey("aa00")] = []byte("whole")
	for name, left := range map[string]string{"aa00.new": "wh", "bb00.new": "", "cc00.new": "only here", "dd00.part": "x", "ee00": "synced"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(left), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	a := &Answers{Store: s, Spool: dir}
	if _, err := a.Get(t.Context(), "bb00"); !errors.Is(err, lector.ErrNotFound) {
		t.Errorf("an empty file is an answer: %v", err)
	}
	if err := a.Ready(t.Context()); err != nil {
		t.Fatal(err)
	}
	for hash, want := range map[string]string{"aa00": "whole", "bb00": "", "cc00": "only here", "dd00": "", "ee00": "synced"} {
		if got := string(s.objects[lector.AnswerKey(hash)]); got != want {
			t.Errorf("%s: %q, want %q", hash, got, want)
		}
	}
	if left, err := a.spooled(); err != nil || len(left) > 0 {
		t.Errorf("left in the spool: %q, %v", left, err)
	}
}

// slowStore answers each Put after a time.
type slowStore struct {
	*fakeServices
	takes time.Duration
}

func (s slowStore) Put(ctx context.Context, o lector.Object, body io.ReadSeeker) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(s.takes):
		return s.fakeServices.Put(ctx, o, body)
	}
}

// hangingStore answers no Put.
type hangingStore struct{ *fakeServices }

func (hangingStore) Put(ctx context.Context, _ lector.Object, _ io.ReadSeeker) error {
	<-ctx.Done()
	return ctx.Err()
}

// localStore is a store on this machine's disk: what is not synced is lost in a power cut.
type localStore struct {
	*fakeServices
	hangs  bool
	takes  time.Duration
	err    error
	synced map[string]int
}

func (s localStore) PutUnsynced(ctx context.Context, o lector.Object, body io.ReadSeeker) (func() error, error) {
	if s.hangs {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	if s.err != nil {
		return nil, s.err
	}
	time.Sleep(s.takes) // of a synctest bubble
	return func() error { s.synced[o.Key]++; return nil }, s.fakeServices.Put(ctx, o, body)
}

func (s localStore) DeleteUnsynced(ctx context.Context, key string) error {
	return s.Delete(ctx, key)
}

// TestLocalStoreHasAnAnswerAtOnce, for other processes too, and durably when its clip is
// not there after a moment. One that is done with is never synced.
func TestLocalStoreHasAnAnswerAtOnce(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		clip  time.Duration // when it is stored
		syncs int
	}{
		"checked at once": {patience - 1, 0}, "checked late": {patience + 1, 1},
	} {
		dir := t.TempDir()
		synctest.Test(t, func(t *testing.T) {
			s := localStore{fakeServices: newFakeServices(), synced: map[string]int{}}
			a := &Answers{Store: s, Local: s, Spool: dir}
			began := time.Now()
			if err := a.Put(t.Context(), "aa00", []byte("one"), nil); err != nil || time.Since(began) > 0 {
				t.Errorf("%s: %v after %v", name, err, time.Since(began))
			}
			other := &Answers{Store: s, Local: s, Spool: t.TempDir()}
			if got, err := other.Get(t.Context(), "aa00"); err != nil || string(got) != "one" {
				t.Errorf("%s: another worker finds %q, %v", name, got, err)
			}
			time.Sleep(test.clip)
			synctest.Wait()
			if err := a.Delete(t.Context(), "aa00"); err != nil {
				t.Error(err)
			}
			time.Sleep(time.Second)
			synctest.Wait()
			left, err := a.spooled()
			if n := s.synced[lector.AnswerKey("aa00")]; n != test.syncs || len(s.objects)+len(left)+len(a.pending) > 0 || err != nil {
				t.Errorf("%s: synced %d times, left %v, %q, %v", name, n, s.objects, left, err)
			}
		})
	}
}

// TestDeleteOfWhatIsStillWritten leaves nothing: the local store took long with an answer,
// which was put in another way meanwhile and is done with before the store has it.
func TestDeleteOfWhatIsStillWritten(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		s := localStore{fakeServices: newFakeServices(), takes: 3 * patience, synced: map[string]int{}}
		a := &Answers{Store: s, Local: s, Spool: dir}
		if err := a.Put(t.Context(), "aa00", []byte("one"), nil); err != nil {
			t.Fatal(err)
		}
		ended, end := context.WithCancel(t.Context())
		end()
		if err := a.Delete(ended, "aa00"); !errors.Is(err, context.Canceled) {
			t.Errorf("deleted while it is written: %v", err)
		}
		if err := a.Delete(t.Context(), "aa00"); err != nil {
			t.Error(err)
		}
		time.Sleep(time.Second)
		synctest.Wait()
		left, err := a.spooled()
		if len(s.objects)+len(left)+len(a.pending)+len(a.writing)+len(s.synced) > 0 || err != nil {
			t.Errorf("left %v, %q, %v, synced %v, %v", s.objects, left, a.writing, s.synced, err)
		}
	})
}

// TestLocalStoreThatHangsOrRefuses leaves the answer to the ways of all other stores.
func TestLocalStoreThatHangsOrRefuses(t *testing.T) {
	t.Parallel()
	for name, s := range map[string]localStore{
		"hangs": {hangs: true}, "refuses": {err: errors.New("no space left")},
	} {
		dir := t.TempDir()
		synctest.Test(t, func(t *testing.T) {
			s.fakeServices, s.synced = newFakeServices(), map[string]int{}
			a := &Answers{Store: hangingStore{newFakeServices()}, Local: s, Spool: dir}
			ctx, end := context.WithCancel(t.Context())
			defer end()
			if err := a.Put(ctx, "aa00", []byte("one"), nil); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			if got, err := a.Get(t.Context(), "aa00"); err != nil || string(got) != "one" || a.Down() == nil {
				t.Errorf("%s: %q, %v; down: %v", name, got, err, a.Down())
			}
		})
	}
}

// TestFailedSyncIsNoted: no voice is called until the store is back.
func TestFailedSyncIsNoted(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a := &Answers{Store: newFakeServices()}
		failure := errors.New("input/output error")
		a.syncLater("aa00", func() error { return failure })
		time.Sleep(patience)
		synctest.Wait()
		if !errors.Is(a.Down(), failure) {
			t.Errorf("down: %v", a.Down())
		}
	})
}

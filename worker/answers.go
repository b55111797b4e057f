package worker

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"lector"
)

// Answers keeps answers of voices in the store until their clips are made. While
// the store is away they are kept in a directory of this machine, up to a bound,
// and no further call is made until they have been moved to the store.
type Answers struct {
	Store interface {
		Open(ctx context.Context, key string) (io.ReadSeekCloser, lector.Object, error)
		Put(ctx context.Context, o lector.Object, body io.ReadSeeker) error
		Delete(ctx context.Context, key string) error
	}
	Local LocalStore // the same store where it is on this machine's disk; nil: it is elsewhere
	Spool string     // a directory that belongs to Answers; empty: there is none
	Limit int64      // of the directory, in bytes; 0 is 256 MB
	// Hesitation is how long the store may take with an answer that is synced in the spool
	// before Put reports that it is only there; 0 is 450 ms.
	Hesitation time.Duration

	turn   sync.Mutex // of who tries whether the store is back
	looked bool       // for what an earlier process has left in the spool

	mu      sync.Mutex
	down    error                    // why the store did not take the last answer; nil: it did
	pending map[string]*time.Timer   // until answers in Local are synced, by hash
	writing map[string]chan struct{} // answers on their way into Local, by hash; closed at the end
}

// LocalStore is a store on this machine's disk. What PutUnsynced has written outlives this
// process, and other processes see it; a power cut it outlives when sync has returned nil.
// What DeleteUnsynced has deleted may be there again after a power cut.
type LocalStore interface {
	PutUnsynced(ctx context.Context, o lector.Object, body io.ReadSeeker) (sync func() error, err error)
	DeleteUnsynced(ctx context.Context, key string) error
}

// errSpooled stands for answers that an earlier process could not store.
var errSpooled = errors.New("answers wait in the spool")

const defaultSpoolLimit = 256 << 20

// Ready returns nil when an answer could be kept in the store. After a failure it
// tries, with what is in the spool or with a probe.
func (a *Answers) Ready(ctx context.Context) error {
	a.turn.Lock()
	defer a.turn.Unlock()
	if !a.looked {
		a.look()
	}
	if a.Down() == nil {
		return nil
	}
	err := a.recover(ctx)
	a.note(err)
	if err == nil {
		return nil
	}
	err = fmt.Errorf("the store takes nothing: %w", err)
	return lector.Hint(lector.WithClass(lector.Throttled(err, storageWait), lector.ClassStorage), "no voice is called until the store is back, since its answers could not be kept")
}

// look finds what an earlier process has left in the spool.
func (a *Answers) look() {
	if left, err := a.spooled(); err != nil || len(left) > 0 {
		a.note(cmp.Or(err, errSpooled))
	}
	a.looked = true
}

// Down returns why the store did not take the last answer, or nil.
func (a *Answers) Down() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.down
}

func (a *Answers) note(err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.down = err
}

// Run moves the answers in the spool to the store as soon as it can be written again,
// until ctx ends: another worker may wait for them.
func (a *Answers) Run(ctx context.Context) {
	for ctx.Err() == nil {
		_ = a.Ready(ctx) // a caller of Ready gets the error
		sleep(ctx, spoolInterval)
	}
}

// spoolInterval is the time between two attempts to empty the spool.
const spoolInterval = time.Second

// storageWait is how long an article waits before it tries the store again.
const storageWait = 10 * time.Second

// recover moves the spool into the store. An empty one is replaced by a probe.
func (a *Answers) recover(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, storageWait)
	defer cancel()
	files, err := a.spooled()
	if err != nil {
		return err
	}
	for _, name := range files {
		if err := a.move(ctx, name); err != nil && !errors.Is(err, fs.ErrNotExist) { // another process of this directory was faster
			return err
		}
	}
	if len(files) > 0 {
		return nil
	}
	return errors.Join(a.put(ctx, "probe", []byte("probe")), a.Store.Delete(ctx, lector.AnswerKey("probe")))
}

// move puts one file of the spool into the store.
func (a *Answers) move(ctx context.Context, name string) error {
	file := filepath.Join(a.Spool, name)
	data, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	hash, cut := strings.CutSuffix(name, unsynced)
	if cut {
		if cut, err = a.useless(ctx, hash, data); err != nil {
			return err
		}
	}
	if cut {
		return os.Remove(file)
	}
	if err := a.put(ctx, hash, data); err != nil {
		return err
	}
	return os.Remove(file)
}

// useless reports whether what was not synced need not be moved: a power cut has left
// nothing of it, or may have cut it short, and the store has the answer.
func (a *Answers) useless(ctx context.Context, hash string, data []byte) (bool, error) {
	if len(data) == 0 {
		return true, nil
	}
	_, err := a.stored(ctx, hash)
	if errors.Is(err, lector.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

func (a *Answers) spooled() (names []string, err error) {
	if a.Spool == "" {
		return nil, nil
	}
	entries, err := os.ReadDir(a.Spool)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	for _, e := range entries {
		if filepath.Ext(e.Name()) != partial {
			names = append(names, e.Name())
		}
	}
	return names, err
}

func (a *Answers) put(ctx context.Context, hash string, data []byte) error {
	return a.Store.Put(ctx, lector.NewObject(lector.AnswerKey(hash)), bytes.NewReader(data))
}

// Get returns an answer, or lector.ErrNotFound.
func (a *Answers) Get(ctx context.Context, hash string) ([]byte, error) {
	for _, name := range []string{hash, hash + unsynced} {
		if a.Spool == "" {
			break
		}
		if data, err := os.ReadFile(filepath.Join(a.Spool, name)); err == nil && len(data) > 0 {
			return data, nil
		}
	}
	return a.stored(ctx, hash)
}

// stored returns an answer that is in the store.
func (a *Answers) stored(ctx context.Context, hash string) ([]byte, error) {
	body, _, err := a.Store.Open(ctx, lector.AnswerKey(hash))
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(body)
	return data, errors.Join(err, body.Close())
}

// Put keeps an answer. A local store has it at once, and syncs it if its clip is not made
// by then: a process that dies does not lose it, and a power cut no more than the answers
// of this moment.
func (a *Answers) Put(ctx context.Context, hash string, answer []byte, spooled func()) error {
	if a.Local != nil && a.putLocal(ctx, hash, answer) == nil {
		return nil
	}
	return a.putDurably(ctx, hash, answer, spooled)
}

// putLocal puts an answer into the local store. One that takes long is asked again, in
// another way.
func (a *Answers) putLocal(ctx context.Context, hash string, answer []byte) error {
	done, written := make(chan error, 1), a.beginWriting(hash)
	go func() {
		defer written()
		sync, err := a.Local.PutUnsynced(ctx, lector.NewObject(lector.AnswerKey(hash)), bytes.NewReader(answer))
		if err == nil {
			a.syncLater(hash, sync)
		}
		done <- err
	}()
	select {
	case err := <-done:
		return err
	case <-time.After(patience):
		return errors.New("the local store takes long")
	}
}

// beginWriting notes that an answer is on its way into the local store, until the
// function is called that it returns.
func (a *Answers) beginWriting(hash string) (written func()) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.writing == nil {
		a.writing = map[string]chan struct{}{}
	}
	end := make(chan struct{})
	a.writing[hash] = end
	return func() {
		a.mu.Lock()
		defer a.mu.Unlock()
		close(end)
		if a.writing[hash] == end {
			delete(a.writing, hash)
		}
	}
}

// awaitWriting returns when no answer with this hash is on its way into the local store.
func (a *Answers) awaitWriting(ctx context.Context, hash string) error {
	a.mu.Lock()
	end := a.writing[hash]
	a.mu.Unlock()
	if end == nil {
		return nil
	}
	select {
	case <-end:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// syncLater syncs an answer in the local store unless it is deleted before.
func (a *Answers) syncLater(hash string, sync func() error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.pending == nil {
		a.pending = map[string]*time.Timer{}
	}
	a.pending[hash] = time.AfterFunc(patience, func() {
		a.needsNoSync(hash)
		if err := sync(); err != nil {
			a.note(err)
		}
	})
}

// needsNoSync forgets that an answer is to be synced.
func (a *Answers) needsNoSync(hash string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if t := a.pending[hash]; t != nil {
		t.Stop()
	}
	delete(a.pending, hash)
}

// putDurably puts an answer into the store, and into the spool if that does not take it. It is in a file of the
// spool before the store is asked, for a process that dies meanwhile must not lose it;
// where the store does not answer at once, that file is synced too. spooled is called when
// the store has refused the answer or hesitates for longer.
func (a *Answers) putDurably(ctx context.Context, hash string, answer []byte, spooled func()) error {
	full := a.trySpool(hash, answer)
	short, cancel := context.WithTimeout(ctx, storageWait)
	defer cancel()
	stored := make(chan error, 1)
	go func() { stored <- a.put(short, hash, answer) }()
	select {
	case err := <-stored:
		if err == nil {
			a.unspool(hash)
			return nil
		}
		stored <- err // read below, when the spool has the answer for good
	case <-time.After(patience):
	}
	if full == nil {
		full = a.syncSpooled(hash)
	}
	err := a.awaitStore(stored, full == nil, spooled)
	if err == nil {
		a.unspool(hash)
		return nil
	}
	a.note(err)
	if full != nil {
		return errors.Join(full, err)
	}
	return nil
}

// patience is how long an answer may be in an unsynced file alone: of the spool while the
// store takes it, or of a local store until its clip is stored.
const patience = 50 * time.Millisecond

const defaultHesitation = 450 * time.Millisecond

// awaitStore returns whether the store has taken an answer, and calls spooled on the way
// if that is in the spool and the store has not.
func (a *Answers) awaitStore(stored chan error, kept bool, spooled func()) error {
	if !kept || spooled == nil {
		return <-stored
	}
	select {
	case err := <-stored:
		if err != nil {
			spooled()
		}
		return err
	case <-time.After(cmp.Or(a.Hesitation, defaultHesitation)):
	}
	spooled()
	return <-stored
}

// errNoSpool is why an answer is kept nowhere while the store is away.
var errNoSpool = errors.New("there is none")

// trySpool is spool where there is one.
func (a *Answers) trySpool(hash string, answer []byte) error {
	err := errNoSpool
	if a.Spool != "" {
		err = a.spool(hash, answer)
	}
	if err != nil {
		return fmt.Errorf("spool: %w", err)
	}
	return nil
}

// unspool removes an answer that the store has. One that stays is moved there later.
func (a *Answers) unspool(hash string) {
	if a.Spool != "" {
		_ = os.Remove(filepath.Join(a.Spool, hash+unsynced)) // mostly the one or the other is not there
		_ = os.Remove(filepath.Join(a.Spool, hash))
	}
}

// Extensions of files that are being written, and of whole ones that may not be on the
// disk yet: they outlive their process, but perhaps not a power cut.
const (
	partial  = ".part"
	unsynced = ".new"
)

// spool writes an answer into the directory.
func (a *Answers) spool(hash string, answer []byte) error {
	if err := a.checkRoom(int64(len(answer))); err != nil {
		return err
	}
	name := filepath.Join(a.Spool, hash)
	if err := os.WriteFile(name+partial, answer, 0o600); err != nil {
		return err
	}
	return os.Rename(name+partial, name+unsynced)
}

// syncSpooled makes a file of the spool durable.
func (a *Answers) syncSpooled(hash string) error {
	name := filepath.Join(a.Spool, hash)
	f, err := os.OpenFile(name+unsynced, os.O_RDWR, 0)
	if errors.Is(err, fs.ErrNotExist) { // it was moved to the store meanwhile
		return nil
	}
	if err != nil {
		return fmt.Errorf("spool: %w", err)
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("spool: %w", err)
	}
	return os.Rename(name+unsynced, name)
}

// checkRoom makes the directory and refuses what would exceed its bound.
func (a *Answers) checkRoom(more int64) error {
	if err := os.MkdirAll(a.Spool, 0o700); err != nil {
		return err
	}
	entries, err := os.ReadDir(a.Spool)
	for _, e := range entries {
		if info, err := e.Info(); err == nil {
			more += info.Size()
		}
	}
	most := a.Limit
	if most == 0 {
		most = defaultSpoolLimit
	}
	if more > most {
		return fmt.Errorf("%s would hold %d bytes, at most %d", a.Spool, more, most)
	}
	return err
}

// Delete removes an answer. One that the local store still writes, since it took long,
// is removed when it is written: nobody would remove it later.
func (a *Answers) Delete(ctx context.Context, hash string) error {
	a.unspool(hash)
	if a.Local != nil {
		if err := a.awaitWriting(ctx, hash); err != nil {
			return err
		}
		a.needsNoSync(hash)
		return a.Local.DeleteUnsynced(ctx, lector.AnswerKey(hash))
	}
	return a.Store.Delete(ctx, lector.AnswerKey(hash))
}

package synth

import (
	"context"
	"maps"
	"sync"
	"time"
	"unicode/utf8"

	"lector"
)

// fake is a Speaker whose clip is its text, so that order and loss can be seen.
type fake struct {
	caps    lector.Capabilities
	latency time.Duration
	answer  func(call int, u lector.Utterance) (lector.Speech, error) // nil: speak

	mu      sync.Mutex
	calls   int
	running int
	most    int // that ran at once
	said    map[string]int
	began   []time.Time
}

func (f *fake) Capabilities() lector.Capabilities {
	c := f.caps
	if c.Backend == "" {
		c.Backend, c.Voice, c.SampleRate, c.Channels = "fake", "anna", 24000, 1
	}
	return c
}

func (f *fake) Speak(ctx context.Context, r Request) (Result, error) {
	s, err := f.speak(ctx, r.Utterance)
	return Result{Speech: s}, err
}

// bare is the Voice of a fake.
type bare struct{ *fake }

func (b bare) Speak(ctx context.Context, u lector.Utterance) (lector.Speech, error) {
	return b.speak(ctx, u)
}

func (f *fake) speak(ctx context.Context, u lector.Utterance) (lector.Speech, error) {
	call := f.begin(u)
	defer f.end()
	if f.latency > 0 {
		if err := pause(ctx, f.latency); err != nil {
			return lector.Speech{}, err
		}
	}
	if f.answer != nil {
		return f.answer(call, u)
	}
	return spoken(u), nil
}

func spoken(u lector.Utterance) lector.Speech {
	return lector.Speech{MP3: []byte("mp3 of " + u.Text), Characters: utf8.RuneCountInString(u.Text)}
}

func (f *fake) begin(u lector.Utterance) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.said == nil {
		f.said = map[string]int{}
	}
	f.calls++
	f.said[u.Text]++
	f.began = append(f.began, time.Now())
	f.running++
	f.most = max(f.most, f.running)
	return f.calls
}

func (f *fake) end() {
	f.mu.Lock()
	f.running--
	f.mu.Unlock()
}

func (f *fake) count() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.calls
}

// memory keeps clips in a map.
type memory struct {
	mu    sync.Mutex
	clips map[string][]byte
	fail  error // of Put
}

func (m *memory) Get(_ context.Context, hash string) ([]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if c, ok := m.clips[hash]; ok {
		return c, nil
	}
	return nil, lector.ErrNotFound
}

func (m *memory) Put(_ context.Context, hash string, mp3 []byte) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.fail != nil {
		return m.fail
	}
	if m.clips == nil {
		m.clips = map[string][]byte{}
	}
	m.clips[hash] = mp3
	return nil
}

func (m *memory) keys() map[string][]byte {
	m.mu.Lock()
	defer m.mu.Unlock()
	return maps.Clone(m.clips)
}

// memoryLeases is the Leases of several workers in one test.
type memoryLeases struct {
	mu   sync.Mutex
	held map[string]bool
	lost func() error // what Confirm says; nil: all is well
}

func (d *memoryLeases) Confirm(context.Context) error {
	if d.lost == nil {
		return nil
	}
	return d.lost()
}

func (d *memoryLeases) Hold(ctx context.Context, name string) (context.Context, func(), error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.held[name] {
		return nil, nil, lector.ErrExists
	}
	if d.held == nil {
		d.held = map[string]bool{}
	}
	d.held[name] = true
	free := sync.OnceFunc(func() {
		d.mu.Lock()
		delete(d.held, name)
		d.mu.Unlock()
	})
	context.AfterFunc(ctx, free) // as in infra/nats
	return ctx, free, nil
}

// openAccount opens an account in a ledger, which is its budget too.
func openAccount(l *MemoryLedger) *Account { return NewAccount("havana", "j", "one", l, l, quiet) }

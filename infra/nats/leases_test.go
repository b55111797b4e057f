package nats

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"lector"
)

// fakeLeaseStore is a register in memory whose answers take a while, and sometimes do
// not come.
type fakeLeaseStore struct {
	latency    time.Duration
	unanswered func() bool // whether the answer to a renewal that arrives is lost; nil: never

	mu      sync.Mutex
	holder  string
	version uint64
	until   time.Time
	deletes int
}

// arrive is one way of a request; the other way is back.
func (p *fakeLeaseStore) arrive(ctx context.Context) error {
	p.mu.Lock()
	latency := p.latency
	p.mu.Unlock()
	t := time.NewTimer(latency / 2)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

// write changes the entry if it is at the expected version. What has been sent
// arrives, whether or not anybody still waits for the answer.
func (p *fakeLeaseStore) write(ctx context.Context, version uint64, holder string, ttl time.Duration) (uint64, error) {
	type answer struct {
		version uint64
		err     error
	}
	came := make(chan answer, 1)
	go func() {
		_ = p.arrive(context.Background()) // it has no end
		p.mu.Lock()
		defer p.mu.Unlock()
		at := p.version
		if p.over() {
			at = 0
		}
		if at != version {
			came <- answer{0, lector.ErrConflict}
			return
		}
		p.holder, p.version, p.until = holder, p.version+1, time.Now().Add(ttl)
		if p.unanswered == nil || !p.unanswered() {
			came <- answer{p.version, nil}
		}
	}()
	select {
	case <-ctx.Done():
		return 0, ctx.Err()
	case a := <-came:
		return a.version, errors.Join(p.arrive(ctx), a.err)
	}
}

func (p *fakeLeaseStore) over() bool { return p.holder == "" || !time.Now().Before(p.until) }

func (p *fakeLeaseStore) create(ctx context.Context, _ string, holder []byte, ttl time.Duration) (uint64, error) {
	version, err := p.write(ctx, 0, string(holder), ttl)
	if errors.Is(err, lector.ErrConflict) {
		return 0, lector.ErrExists
	}
	return version, err
}

func (p *fakeLeaseStore) renew(ctx context.Context, _ string, holder []byte, version uint64, ttl time.Duration) (uint64, error) {
	return p.write(ctx, version, string(holder), ttl)
}

func (p *fakeLeaseStore) read(ctx context.Context, _ string) ([]byte, uint64, error) {
	if err := p.arrive(ctx); err != nil {
		return nil, 0, err
	}
	p.mu.Lock()
	holder, version, over := p.holder, p.version, p.over()
	p.mu.Unlock()
	if over {
		return nil, 0, lector.ErrNotFound
	}
	return []byte(holder), version, p.arrive(ctx)
}

func (p *fakeLeaseStore) delete(ctx context.Context, _ string, version uint64) error {
	if _, err := p.write(ctx, version, "", 0); err != nil {
		return err
	}
	p.mu.Lock()
	p.deletes++
	p.mu.Unlock()
	return nil
}

// set changes the latency.
func (p *fakeLeaseStore) set(latency time.Duration) {
	p.mu.Lock()
	p.latency = latency
	p.mu.Unlock()
}

func leasesOnFake(p *fakeLeaseStore) *Leases {
	return &Leases{store: p, owner: "one", ttl: leaseTTL, log: slog.New(slog.DiscardHandler)}
}

// TestLeaseOutlastsStarvation has answers that take up to a third of the
// lease's time, and answers that are lost.
func TestLeaseOutlastsStarvation(t *testing.T) {
	t.Parallel()
	// lost reports which of so many answers is lost, over and over.
	lost := func(pattern ...bool) func() bool {
		n := -1
		return func() bool { n++; return pattern[n%len(pattern)] }
	}
	for name, p := range map[string]*fakeLeaseStore{
		"quick":                       {latency: time.Millisecond},
		"two seconds":                 {latency: 2500 * time.Millisecond},
		"nine seconds":                {latency: 9 * time.Second},
		"two of three answers lost":   {latency: time.Millisecond, unanswered: lost(false, true, true)},
		"slow, and an answer is lost": {latency: 3 * time.Second, unanswered: lost(false, true)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				held, release, err := leasesOnFake(p).Hold(t.Context(), "article.x")
				if err != nil {
					t.Fatal(err)
				}
				select {
				case <-held.Done():
					t.Errorf("lost: %v", context.Cause(held))
				case <-time.After(10 * time.Minute):
				}
				release()
				arriveAll()
			})
		})
	}
}

// TestLeaseIsLostInTime has a register that answers nothing any more, and one
// in which somebody else stands.
func TestLeaseIsLostInTime(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		spoil func(p *fakeLeaseStore)
		least time.Duration
	}{
		"no answers":    {func(p *fakeLeaseStore) { p.latency = time.Hour }, leaseTTL},
		"somebody else": {func(p *fakeLeaseStore) { p.holder, p.version = "two x", p.version+1 }, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				p := &fakeLeaseStore{latency: time.Millisecond}
				l := leasesOnFake(p)
				held, release, err := l.Hold(t.Context(), "article.x")
				if err != nil {
					t.Fatal(err)
				}
				began := time.Now()
				p.mu.Lock()
				test.spoil(p)
				p.mu.Unlock()
				<-held.Done()
				if took := time.Since(began); took < test.least || took > leaseTTL+2*leaseTTL/renewalsPerTTL+leaseTTL/renewalsPerTTL {
					t.Errorf("noticed after %v", took)
				}
				if err := l.Confirm(held); err == nil || !errors.Is(context.Cause(held), errLeaseLost) {
					t.Errorf("confirmed: %v, because %v", err, context.Cause(held))
				}
				release()
				arriveAll()
			})
		})
	}
}

// TestForgottenLeaseIsTakenAgain has a store that a restarted server has lost.
func TestForgottenLeaseIsTakenAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := &fakeLeaseStore{latency: time.Millisecond}
		l := leasesOnFake(p)
		held, release, err := l.Hold(t.Context(), "article.x")
		if err != nil {
			t.Fatal(err)
		}
		p.mu.Lock()
		p.holder, p.until = "", time.Now()
		p.mu.Unlock()
		<-time.After(leaseTTL)
		if err := l.Confirm(held); err != nil || p.holder == "" {
			t.Errorf("not taken again: %v", err)
		}
		release()
		arriveAll()
	})
}

// TestConfirmAfterStandingStill is of a worker whose timers stood still with it.
func TestConfirmAfterStandingStill(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := &fakeLeaseStore{latency: time.Millisecond}
		l := leasesOnFake(p)
		slept := time.Duration(0) // of the machine: no monotonic clock shows it
		l.elapsed = func(since time.Time) time.Duration { return time.Since(since) + slept }
		held, release, err := l.Hold(t.Context(), "clip.x")
		if err != nil {
			t.Fatal(err)
		}
		defer release()
		version := p.version
		if err := l.Confirm(held); err != nil || p.version != version {
			t.Errorf("a fresh lease: %v, asked %d times", err, p.version-version)
		}
		slept = time.Minute
		if err := l.Confirm(held); err != nil || p.version != version+1 {
			t.Errorf("nobody took it meanwhile: %v", err)
		}
		p.mu.Lock()
		p.holder, p.version = "two y", p.version+1
		p.mu.Unlock()
		if err := l.Confirm(held); !errors.Is(err, errLeaseLost) || !strings.Contains(err.Error(), "held by two") {
			t.Errorf("somebody else has it: %v", err)
		}
	})
}

// TestLeaseIsFreedAtOnce gives a lease up while a renewal is on its way.
func TestLeaseIsFreedAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := &fakeLeaseStore{latency: time.Second}
		_, release, err := leasesOnFake(p).Hold(t.Context(), "article.x")
		if err != nil {
			t.Fatal(err)
		}
		<-time.After(leaseTTL/renewalsPerTTL + 300*time.Millisecond)
		p.set(200 * time.Millisecond)
		began := time.Now()
		release()
		if p.deletes != 1 || time.Since(began) > releaseTimeout {
			t.Errorf("freed %d times in %v", p.deletes, time.Since(began))
		}
		arriveAll()
	})
}

// arriveAll lets all requests of a bubble arrive that nobody waits for.
func arriveAll() { <-time.After(3 * time.Hour) }

// leasesOn binds to a bucket with a lease time that a test can wait for.
func leasesOn(t *testing.T, c *Conn, owner string, ttl time.Duration) *Leases {
	t.Helper()
	l, err := c.Leases(t.Context(), owner)
	if err != nil {
		t.Fatal(err)
	}
	l.ttl = ttl
	return l
}

// awaitRenewals waits until a lease was renewed n times, as another connection sees it.
func awaitRenewals(t *testing.T, c *Conn, name string, n int, held context.Context) {
	t.Helper()
	kept, err := c.bucket(t.Context(), leases)
	if err != nil {
		t.Fatal(err)
	}
	w, err := kept.kv.Watch(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Stop()
	for n >= 0 {
		select {
		case <-held.Done():
			t.Fatal("lease lost:", context.Cause(held))
		case entry := <-w.Updates():
			if entry == nil {
				continue
			}
			if entry.Operation() != jetstream.KeyValuePut {
				t.Fatalf("the lease ended: %v", entry.Operation())
			}
			n--
		}
	}
}

func TestLease(t *testing.T) {
	t.Parallel()
	b := setup(t)
	l := leasesOn(t, b.Conn, "one", 12*time.Second)
	held, release, err := l.Hold(t.Context(), "article.x")
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := l.Hold(t.Context(), "article.x"); !errors.Is(err, lector.ErrExists) {
		t.Fatalf("a held lease was given away: %v", err)
	}
	awaitRenewals(t, b.Conn, "article.x", 2, held)
	if err := l.Confirm(held); err != nil {
		t.Error(err)
	}
	release()
	if err := l.Confirm(held); err == nil {
		t.Error("a lease that was given up is confirmed")
	}
	if _, again, err := l.Hold(t.Context(), "article.x"); err != nil {
		t.Fatalf("a freed lease: %v", err)
	} else {
		again()
	}
}

// TestLeaseFreedWhileRenewed gives leases up at the very moments in which they
// are renewed, and when the answer to a renewal was lost.
func TestLeaseFreedWhileRenewed(t *testing.T) {
	t.Parallel()
	b := setup(t)
	l := leasesOn(t, b.Conn, "one", 6*time.Second)
	var hands sync.WaitGroup
	for n := range 20 {
		hands.Go(func() {
			name := fmt.Sprint("article.", n)
			_, release, err := l.Hold(t.Context(), name)
			if err != nil {
				t.Error(err)
				return
			}
			<-time.After(l.ttl/renewalsPerTTL + time.Duration(n)*100*time.Microsecond)
			release()
			if _, again, err := l.Hold(t.Context(), name); err != nil {
				t.Errorf("a freed lease: %v", err)
			} else {
				again()
			}
		})
	}
	hands.Wait()

	kv := l.store.(bucketLeases).kv
	mine := &lease{name: "article.lost", holder: []byte("one x"), sem: make(chan struct{}, 1)}
	version, err := kv.Create(t.Context(), mine.name, mine.holder)
	if err != nil {
		t.Fatal(err)
	}
	mine.confirmed(version, time.Now())
	if _, err := kv.Update(t.Context(), mine.name, mine.holder, mine.version); err != nil {
		t.Fatal(err)
	}
	if err := l.renew(t.Context(), mine); err != nil {
		t.Errorf("a renewal whose answer was lost: %v", err)
	}
	if _, err := kv.Put(t.Context(), mine.name, []byte("two y")); err != nil {
		t.Fatal(err)
	}
	if err := l.renew(t.Context(), mine); !errors.Is(err, errLeaseLost) {
		t.Errorf("somebody else's lease was renewed: %v", err)
	}
	mine.version = 0
	if l.release(mine); true {
		if e, err := kv.Get(t.Context(), mine.name); err != nil || string(e.Value()) != "two y" {
			t.Errorf("somebody else's lease was freed: %v", err)
		}
	}
}

// blockingProxy lets bytes through to a server until it is shut.
type blockingProxy struct {
	net.Listener
	to      string
	blocked sync.RWMutex
}

func newBlockingProxy(t *testing.T, to string) *blockingProxy {
	t.Helper()
	in, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	d := &blockingProxy{Listener: in, to: to}
	t.Cleanup(func() { _ = in.Close() })
	go d.serve()
	return d
}

func (d *blockingProxy) serve() {
	for {
		in, err := d.Accept()
		if err != nil {
			return
		}
		out, err := net.Dial("tcp", d.to)
		if err != nil {
			_ = in.Close()
			return
		}
		for _, way := range [][2]net.Conn{{in, out}, {out, in}} {
			go d.forward(way[0], way[1])
		}
	}
}

func (d *blockingProxy) forward(from, to net.Conn) {
	defer to.Close()
	buffer := make([]byte, 4096)
	for {
		n, err := from.Read(buffer)
		d.blocked.RLock() // waits while it is shut
		if n > 0 {
			_, _ = to.Write(buffer[:n])
		}
		d.blocked.RUnlock()
		if err != nil {
			return
		}
	}
}

// TestLeaseBesideABlockedConnection has all other traffic of the worker stand
// still.
func TestLeaseBesideABlockedConnection(t *testing.T) {
	t.Parallel()
	b := setup(t)
	d := newBlockingProxy(t, strings.TrimPrefix(b.server.Access().URL, "nats://"))
	o := b.options
	o.URL = "nats://" + d.Addr().String()
	shared, err := Connect(o)
	if err != nil {
		t.Fatal(err)
	}
	shared.options.URL = b.server.Access().URL // the leases' own does not pass the dam
	t.Cleanup(func() { _ = shared.Close() })
	l := leasesOn(t, shared, "one", 12*time.Second)
	d.blocked.Lock()
	defer d.blocked.Unlock()
	held, release, err := l.Hold(t.Context(), "article.x")
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	awaitRenewals(t, b.Conn, "article.x", 3, held)
}

// TestFrozenWorkerFindsOut stops a process that holds a lease, until another
// has it, and lets it go on.
func TestFrozenWorkerFindsOut(t *testing.T) {
	t.Parallel()
	b := setup(t)
	a := b.server.Access()
	child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestFrozenChild$", "-test.v")
	child.Env = append(os.Environ(), "LECTOR_FROZEN="+strings.Join([]string{a.URL, a.User, a.Password}, " "))
	say, err := child.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	hear, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(hear)
	expect := func(want string) {
		t.Helper()
		for lines.Scan() {
			if text, ours := strings.CutPrefix(lines.Text(), "child: "); ours {
				if !strings.HasPrefix(text, want) {
					t.Fatalf("the child says %q, not %q", text, want)
				}
				return
			}
		}
		t.Fatalf("the child ended before it said %q", want)
	}
	expect("held")
	if err := child.Process.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	l := leasesOn(t, b.Conn, "two", 3*time.Second)
	_, release, err := l.Hold(t.Context(), "clip.x")
	for errors.Is(err, lector.ErrExists) {
		_, release, err = l.Hold(t.Context(), "clip.x")
	}
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	if _, err := io.WriteString(say, "call\n"); err != nil { // the first thing that it does
		t.Fatal(err)
	}
	if err := child.Process.Signal(syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	expect("no call: lease lost")
	if err := errors.Join(say.Close(), child.Wait()); err != nil {
		t.Error(err)
	}
}

// TestFrozenChild is the process of TestFrozenWorkerFindsOut.
func TestFrozenChild(t *testing.T) { //nolint:paralleltest // alone in its process
	where := strings.Fields(os.Getenv("LECTOR_FROZEN"))
	if len(where) != 3 {
		t.Skip("is run by TestFrozenWorkerFindsOut")
	}
	c, err := Connect(Options{URL: where[0], User: where[1], Password: where[2], Name: "child", Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	l := leasesOn(t, c, "child", 3*time.Second)
	held, release, err := l.Hold(t.Context(), "clip.x")
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	fmt.Fprintln(os.Stdout, "child: held")
	for orders := bufio.NewScanner(os.Stdin); orders.Scan(); {
		if err := l.Confirm(held); err != nil {
			fmt.Fprintln(os.Stdout, "child: no call:", err)
		} else {
			fmt.Fprintln(os.Stdout, "child: calls")
		}
	}
}

package synth

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"lector"
)

// UsageLedger keeps what attempts use. Write is durable when it returns; of the
// entries of one attempt the last one counts.
type UsageLedger interface {
	Write(ctx context.Context, u lector.AttemptUsage) error
}

// Budget bounds what is spent. Reserve is asked before calls are made and returns an
// error that wraps lector.ErrBudget where nothing is left; any error means: no call.
// Settle states what was spent of a reservation, which has the same ID.
type Budget interface {
	Reserve(ctx context.Context, c lector.Call) error
	Settle(ctx context.Context, c lector.Call) error
}

// Account is what one attempt at an article may spend and has spent. It writes one
// entry to the ledger and makes one reservation in the budget before the first call,
// and one of each at its end, however many calls there are.
type Account struct {
	// Lane is that of the article, by which its calls wait for those of others. It is
	// set before the first call.
	Lane lector.Lane

	ledger UsageLedger
	budget Budget
	log    *slog.Logger
	calls  atomic.Int64 // that are planned and have not ended
	window *callQueue   // bounds how many chunks are made at once; nil: unbounded

	// writing is held by who writes to the ledger or the budget. It is not mu, since an
	// answer that comes meanwhile must not wait for them until it is kept.
	writing sync.Mutex
	last    lector.AttemptUsage // the entry that was written last; guarded by writing

	mu       sync.Mutex
	usage    lector.AttemptUsage // with the calls that are planned
	written  bool                // the calls that are planned are in the ledger
	reserved []lector.Call       // in the budget
	left     allowance           // of what is reserved
	open     map[string]lector.Call
	made     []lector.Call // calls that have ended, and what was reused
	closed   bool
	late     bool // the last call has ended after the account was closed, and that is not written
}

// allowance is what may be spent.
type allowance struct {
	characters int
	dollars    float64
}

// covers reports whether the call may be made; prices are summed in another order
// than they were reserved, so a hair's breadth is nothing.
func (a allowance) covers(c lector.Call) bool {
	return c.Characters <= a.characters && c.Cost <= a.dollars+1e-9
}

func (a *allowance) add(c lector.Call, sign int) {
	a.characters += sign * c.Characters
	a.dollars += float64(sign) * c.Cost
}

// NewAccount opens an account for an attempt of a worker at a job.
func NewAccount(site, job, worker string, l UsageLedger, b Budget, log *slog.Logger) *Account {
	return &Account{
		ledger: l, budget: b, log: log, open: map[string]lector.Call{},
		usage: lector.AttemptUsage{Version: lector.UsageVersion, ID: rand.Text(), Site: site, Job: job, Worker: worker, Began: time.Now().UTC()},
	}
}

// Reserve prepares for the calls that are planned, of which so many may be open
// at once: they are in the budget and in the ledger when it returns nil.
func (a *Account) Reserve(ctx context.Context, planned []lector.Call, concurrency int) error {
	if len(planned) == 0 {
		return nil
	}
	a.writing.Lock()
	defer a.writing.Unlock()
	if err := a.reserve(ctx, planned); err != nil {
		return err
	}
	a.calls.Add(int64(len(planned)))
	if err := a.write(ctx, a.plan(planned, concurrency)); err != nil {
		return err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.written = true
	return nil
}

// plan returns the entry with further calls that are planned.
func (a *Account) plan(planned []lector.Call, concurrency int) lector.AttemptUsage {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.usage.Calls = append(slices.Clone(a.usage.Calls), planned...)
	a.usage.Concurrency += concurrency
	a.usage.Reserved = slices.Clone(a.reserved)
	return a.usage
}

// write writes an entry into the ledger. The caller holds writing.
func (a *Account) write(ctx context.Context, u lector.AttemptUsage) error {
	if err := a.ledger.Write(ctx, u); err != nil {
		return lector.WithClass(fmt.Errorf("usage ledger: %w", err), lector.ClassStorage)
	}
	a.last = u
	return nil
}

// spooled notes that an answer is on this machine alone, for the next attempt at the
// article: another worker would not find it, and pay again.
func (a *Account) spooled(ctx context.Context, chunk, answer string) {
	if a == nil {
		return
	}
	a.writing.Lock()
	defer a.writing.Unlock()
	u := a.last // there is one: a call is in the ledger before it is made
	u.Spooled = a.noteSpooled(lector.SpooledAnswer{Chunk: chunk, Answer: answer, At: time.Now().UTC()})
	if err := a.write(ctx, u); err != nil {
		a.log.WarnContext(ctx, "nobody else knows of an answer in the spool", "job", a.usage.Job, "error", err)
	}
}

// noteSpooled returns all answers that are in the spool, with one more.
func (a *Account) noteSpooled(s lector.SpooledAnswer) []lector.SpooledAnswer {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.usage.Spooled = append(slices.Clone(a.usage.Spooled), s)
	return a.usage.Spooled
}

// reserve takes the calls out of the budget, as one. The caller holds writing.
func (a *Account) reserve(ctx context.Context, calls []lector.Call) error {
	sum := lector.Call{ID: rand.Text(), Site: a.usage.Site, Job: a.usage.Job, Began: time.Now().UTC()}
	for _, c := range calls {
		sum.Characters, sum.Cost = sum.Characters+c.Characters, sum.Cost+c.Cost
	}
	if err := a.budget.Reserve(ctx, sum); err != nil {
		return err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.reserved = append(a.reserved, sum)
	a.left.add(sum, 1)
	return nil
}

// begin opens a call. One that was not planned, as for a text that is spoken
// again, is reserved now.
func (a *Account) begin(ctx context.Context, c lector.Call) error {
	a.mu.Lock()
	covered := a.written && !a.closed
	a.mu.Unlock()
	if !covered {
		if err := a.Reserve(ctx, []lector.Call{c}, 1); err != nil {
			return err
		}
	}
	for !a.take(c) {
		if err := a.reserveMore(ctx, c); err != nil {
			return err
		}
	}
	return nil
}

// take opens a call that what is left of the reservations covers.
func (a *Account) take(c lector.Call) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if !a.left.covers(c) {
		return false
	}
	a.left.add(c, -1)
	a.open[c.ID] = c
	return true
}

func (a *Account) reserveMore(ctx context.Context, c lector.Call) error {
	a.writing.Lock()
	defer a.writing.Unlock()
	return a.reserve(ctx, []lector.Call{c})
}

// end closes a call. What it did not spend is there for the next. It waits for nobody:
// the call's answer is not kept yet.
func (a *Account) end(c lector.Call) {
	a.calls.Add(-1)
	a.mu.Lock()
	defer a.mu.Unlock()
	a.left.add(a.open[c.ID], 1)
	if spent(c) {
		a.left.add(c, -1)
	}
	delete(a.open, c.ID)
	a.made = append(a.made, c)
	a.late = a.closed && len(a.open) == 0
}

// finishLate writes the end of an account that was closed before its last call had
// ended. It is called when the answer of that is kept.
func (a *Account) finishLate() {
	if a == nil || !a.isLate() {
		return
	}
	a.writing.Lock()
	defer a.writing.Unlock()
	if !a.isLate() { // the end was written meanwhile
		return
	}
	a.mu.Lock()
	a.late = false
	a.mu.Unlock()
	if err := a.finish(context.Background()); err != nil {
		a.log.Warn("usage not recorded; it counts as unknown", "job", a.usage.Job, "error", err)
	}
}

// isLate reports whether an end is still to be written.
func (a *Account) isLate() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.late
}

// callsLeft is about how many calls the article has still to make: one that is tried
// again counts once. Nobody's account has none.
func (a *Account) callsLeft() int64 {
	if a == nil {
		return 0
	}
	return max(a.calls.Load(), 0)
}

// laneRank orders lanes, the best first.
func (a *Account) laneRank() int {
	switch {
	case a == nil, a.Lane == lector.Normal:
		return 1
	case a.Lane == lector.Breaking:
		return 0
	}
	return 2
}

// spent reports whether a call may have been billed.
func spent(c lector.Call) bool {
	return c.Outcome == lector.CallPaid || c.Outcome == lector.CallUnknown
}

// reused notes characters that cost nothing.
func (a *Account) reused(c lector.Call) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.made = append(a.made, c)
}

// Close writes the end of the attempt. Where calls are still open, because the attempt
// was abandoned before they ended, it is written when the last of them has ended.
func (a *Account) Close(ctx context.Context) error {
	a.writing.Lock()
	defer a.writing.Unlock()
	if !a.close() {
		return nil
	}
	return a.finish(context.WithoutCancel(ctx))
}

// close reports whether the end can be written now: the account was open, and no call is.
func (a *Account) close() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	wasClosed := a.closed
	a.closed = true
	return !wasClosed && len(a.open) == 0
}

// endTimeout bounds the writing of an end. What is not written is found open, and
// counted, by the next attempt.
const endTimeout = 10 * time.Second

// finish writes the end into the ledger and gives back what was not spent. The caller
// holds writing.
func (a *Account) finish(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, endTimeout)
	defer cancel()
	end, used := a.ending()
	if !used {
		return a.settle(ctx)
	}
	return errors.Join(a.write(ctx, end), a.settle(ctx))
}

// ending returns the last entry, and whether there is anything to say in it.
func (a *Account) ending() (end lector.AttemptUsage, used bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	end = a.usage
	end.Calls, end.Ended = slices.Clone(a.made), time.Now().UTC()
	return end, a.written || len(a.made) > 0
}

// settle gives back what is left of the reservations, or adds what was billed
// beyond them to the first.
func (a *Account) settle(ctx context.Context) error {
	for _, r := range a.settlements() {
		if err := a.budget.Settle(ctx, r); err != nil {
			return fmt.Errorf("budget: %w", err)
		}
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.reserved = nil
	return nil
}

// settlements returns what was spent of the reservations, of which something is left.
func (a *Account) settlements() (all []lector.Call) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for i, r := range a.reserved {
		back := allowance{min(a.left.characters, r.Characters), min(a.left.dollars, r.Cost)}
		if i > 0 && back.characters <= 0 && back.dollars <= 0 {
			break
		}
		a.left.characters, a.left.dollars = a.left.characters-back.characters, a.left.dollars-back.dollars
		r.Characters, r.Cost = r.Characters-back.characters, r.Cost-back.dollars
		r.Outcome = lector.CallPaid
		all = append(all, r)
	}
	return all
}

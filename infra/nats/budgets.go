package nats

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"lector"
)

// Budgets bounds what sites spend, over all workers: one record a site, changed
// by compare-and-set. Where it cannot be read or written, nothing is granted.
type Budgets struct {
	bucket bucket

	mu       sync.Mutex
	limits   map[string]lector.Budget // by site; replaced, never changed
	reserved map[string]lector.Call   // by id, of this process
	sites    map[string]*sync.Mutex
}

// Budgets binds to the bucket of budgets. Of a site that has no bound in a period
// nothing is written: what it spent is in the usage ledger.
func (c *Conn) Budgets(ctx context.Context, bounds map[string]lector.Budget) (*Budgets, error) {
	ctx, cancel := withDefaultTimeout(ctx)
	defer cancel()
	kept, err := c.bucket(ctx, budgets)
	if err != nil {
		return nil, err
	}
	return &Budgets{bucket: kept, limits: bounds, reserved: map[string]lector.Call{}, sites: map[string]*sync.Mutex{}}, nil
}

// SetBounds has other bounds hold for calls that are reserved from now on.
func (b *Budgets) SetBounds(bounds map[string]lector.Budget) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.limits = bounds
}

// bounds are those that hold now, by site.
func (b *Budgets) bounds() map[string]lector.Budget {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.limits
}

// Reserve takes a call out of its site's budget, or returns an error that
// wraps lector.ErrBudget.
func (b *Budgets) Reserve(ctx context.Context, c lector.Call) error {
	bound := b.bounds()[c.Site]
	if !bound.HasPeriods() {
		return nil
	}
	err := b.change(ctx, c.Site, func(r *budgetRecord) (err error) {
		r.BudgetState, err = r.Reserve(bound, c)
		return err
	})
	if err != nil {
		return brokerError("budget", err)
	}
	b.mu.Lock()
	b.reserved[c.ID] = c
	b.mu.Unlock()
	return nil
}

// Settle gives back what a reserved call did not spend. Most calls spend what
// they reserved, and cost no second write.
func (b *Budgets) Settle(ctx context.Context, c lector.Call) error {
	b.mu.Lock()
	want, ok := b.reserved[c.ID]
	delete(b.reserved, c.ID)
	b.mu.Unlock()
	asReserved := c.Outcome == lector.CallPaid && c.Characters == want.Characters && c.Cost == want.Cost
	if !ok || asReserved || c.Outcome == lector.CallUnknown {
		return nil
	}
	return b.settle(ctx, lector.Settlement{Reserved: want, Used: c})
}

// SettleLost gives back what is left of a reservation whose worker died. A worker that was
// only taken for dead settles it too: of both the second has no effect.
func (b *Budgets) SettleLost(ctx context.Context, s lector.Settlement) error {
	if !b.bounds()[s.Reserved.Site].HasPeriods() {
		return nil
	}
	return b.settle(ctx, s)
}

func (b *Budgets) settle(ctx context.Context, s lector.Settlement) error {
	err := b.change(ctx, s.Reserved.Site, func(r *budgetRecord) error {
		r.settle(s)
		return nil
	})
	return brokerError("settle budget", err)
}

// Used returns what each site has spent that has a bound in a period.
func (b *Budgets) Used(ctx context.Context) (map[string]lector.BudgetState, error) {
	spent := map[string]lector.BudgetState{}
	for site, bounds := range b.bounds() {
		if !bounds.HasPeriods() {
			continue
		}
		_, value, err := b.bucket.read(ctx, token(site))
		if err != nil {
			return nil, brokerError("budget", err)
		}
		var r budgetRecord
		if len(value) > 0 {
			if err := json.Unmarshal(value, &r); err != nil {
				return nil, fmt.Errorf("record of site %s: %w", site, err)
			}
		}
		spent[site] = r.At(time.Now())
	}
	return spent, nil
}

// budgetRecord is a site's sums. Write differs in each, because two workers
// that add the same to the same must not take each other's write for theirs.
type budgetRecord struct {
	lector.BudgetState
	WriteID string   `json:"write"`
	Settled []string `json:"settled,omitempty"` // IDs of the reservations that were settled last
}

// settledKept is how many settled reservations a record names: more than a site settles
// while a worker is frozen.
const settledKept = 64

// settle settles a reservation that has not been settled before.
func (r *budgetRecord) settle(s lector.Settlement) {
	if slices.Contains(r.Settled, s.Reserved.ID) {
		return
	}
	r.BudgetState = r.Settle(s.Reserved, s.Used)
	r.Settled = append(r.Settled, s.Reserved.ID)
	r.Settled = r.Settled[max(0, len(r.Settled)-settledKept):]
}

// change rewrites a site's record until nobody else wrote in between. Calls of
// this process are serialised, so that only other workers can conflict.
func (b *Budgets) change(ctx context.Context, site string, f func(*budgetRecord) error) error {
	turn := b.siteLock(site)
	turn.Lock()
	defer turn.Unlock()
	ctx, cancel := withDefaultTimeout(ctx)
	defer cancel()
	for {
		version, value, err := b.bucket.read(ctx, token(site))
		if err != nil {
			return err
		}
		var r budgetRecord
		if len(value) > 0 {
			if err := json.Unmarshal(value, &r); err != nil {
				return fmt.Errorf("record of site %s: %w", site, err)
			}
		}
		if err := f(&r); err != nil {
			return err
		}
		r.WriteID = rand.Text()
		data, err := json.Marshal(r)
		if err != nil {
			return err
		}
		_, err = b.bucket.compareAndSet(ctx, token(site), data, version)
		if !errors.Is(err, lector.ErrConflict) && !errors.Is(err, jetstream.ErrKeyExists) {
			return err
		}
	}
}

func (b *Budgets) siteLock(site string) *sync.Mutex {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.sites[site] == nil {
		b.sites[site] = &sync.Mutex{}
	}
	return b.sites[site]
}

package synth

import (
	"cmp"
	"context"
	"slices"
	"sync"

	"lector"
)

// Books is a ledger and budget in memory, for one process: what it knows ends
// with it. Workers that share their money keep it in infra/nats.
type Books struct {
	budgets map[string]lector.Budget

	mu    sync.Mutex
	calls map[string]lector.Call  // by id
	spent map[string]lector.Spent // by site
	want  map[string]lector.Call  // reserved, by id
}

// NewBooks returns empty books with the budgets of sites.
func NewBooks(budgets map[string]lector.Budget) *Books {
	return &Books{budgets: budgets, calls: map[string]lector.Call{}, spent: map[string]lector.Spent{}, want: map[string]lector.Call{}}
}

// Begin books a call, and as unknown those for the same chunk that never ended.
func (b *Books) Begin(_ context.Context, c lector.Call) (lost []lector.Call, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for id, old := range b.calls {
		if old.Chunk == c.Chunk && c.Chunk != "" && old.Outcome == lector.CallOpen {
			old.Outcome, old.Ended = lector.CallUnknown, c.Began
			b.calls[id] = old
			lost = append(lost, old)
		}
	}
	b.calls[c.ID] = c
	return lost, nil
}

// End books what became of a call.
func (b *Books) End(_ context.Context, c lector.Call) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.calls[c.ID] = c
	return nil
}

// Reserve takes a call out of its site's budget.
func (b *Books) Reserve(_ context.Context, c lector.Call) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	s, err := b.spent[c.Site].Reserve(b.budgets[c.Site], c)
	if err == nil {
		b.spent[c.Site], b.want[c.ID] = s, c
	}
	return err
}

// Settle gives back what was not spent.
func (b *Books) Settle(_ context.Context, c lector.Call) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if want, ok := b.want[c.ID]; ok {
		b.spent[c.Site] = b.spent[c.Site].Settle(want, c)
		delete(b.want, c.ID)
	}
	return nil
}

// Calls returns all calls, the first begun first.
func (b *Books) Calls() []lector.Call {
	b.mu.Lock()
	defer b.mu.Unlock()
	var all []lector.Call
	for _, c := range b.calls {
		all = append(all, c)
	}
	slices.SortFunc(all, func(x, y lector.Call) int { return cmp.Or(x.Began.Compare(y.Began), cmp.Compare(x.ID, y.ID)) })
	return all
}

// Spending sums the calls by day, site and voice.
func (b *Books) Spending() []lector.Spending { return lector.Sum(b.Calls()) }

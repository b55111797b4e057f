package synth

import (
	"context"
	"sync"

	"lector"
)

// MemoryLedger is a UsageLedger and a Budget in memory, for one process: what it
// knows ends with it. Workers that share their budgets use those of infra/nats.
type MemoryLedger struct {
	budgets map[string]lector.Budget

	mu       sync.Mutex
	calls    map[string]lector.Call        // by id
	spent    map[string]lector.BudgetState // by site
	reserved map[string]lector.Call        // by id
}

// NewMemoryLedger returns an empty ledger with the budgets of sites.
func NewMemoryLedger(budgets map[string]lector.Budget) *MemoryLedger {
	return &MemoryLedger{
		budgets: budgets, calls: map[string]lector.Call{}, spent: map[string]lector.BudgetState{}, reserved: map[string]lector.Call{},
	}
}

// Begin records a call, and as unknown those for the same chunk that never
// ended, which it returns.
func (l *MemoryLedger) Begin(_ context.Context, c lector.Call) (lost []lector.Call, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for id, old := range l.calls {
		if old.Chunk == c.Chunk && c.Chunk != "" && old.Outcome == lector.CallOpen {
			old.Outcome, old.Ended = lector.CallUnknown, c.Began
			l.calls[id] = old
			lost = append(lost, old)
		}
	}
	l.calls[c.ID] = c
	return lost, nil
}

// End records what became of a call.
func (l *MemoryLedger) End(_ context.Context, c lector.Call) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.calls[c.ID] = c
	return nil
}

// Reserve takes a call out of its site's budget.
func (l *MemoryLedger) Reserve(_ context.Context, c lector.Call) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	s, err := l.spent[c.Site].Reserve(l.budgets[c.Site], c)
	if err == nil {
		l.spent[c.Site], l.reserved[c.ID] = s, c
	}
	return err
}

// Settle gives back what was reserved and not spent.
func (l *MemoryLedger) Settle(_ context.Context, c lector.Call) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if reserved, ok := l.reserved[c.ID]; ok {
		l.spent[c.Site] = l.spent[c.Site].Settle(reserved, c)
		delete(l.reserved, c.ID)
	}
	return nil
}

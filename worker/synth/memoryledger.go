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
	usage    map[string]lector.AttemptUsage // by id
	spent    map[string]lector.BudgetState  // by site
	reserved map[string]lector.Call         // by id
}

// NewMemoryLedger returns an empty ledger with the budgets of sites.
func NewMemoryLedger(budgets map[string]lector.Budget) *MemoryLedger {
	return &MemoryLedger{
		budgets: budgets, usage: map[string]lector.AttemptUsage{}, spent: map[string]lector.BudgetState{},
		reserved: map[string]lector.Call{},
	}
}

// Write records what an attempt uses.
func (l *MemoryLedger) Write(_ context.Context, u lector.AttemptUsage) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if u.Replaces(l.usage[u.ID]) {
		l.usage[u.ID] = u
	}
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

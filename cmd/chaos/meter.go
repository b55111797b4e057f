package main

import (
	"fmt"
	"strings"
	"sync"
	"time"
	"unicode/utf8"
)

// outcome is what became of a call, as the provider sees it.
type outcome string

// The outcomes of a call. All but refused are billed: a provider has spoken the
// text even if nobody heard the answer.
const (
	open     outcome = "open"     // begun, not answered yet
	answered outcome = "answered" // the whole answer was written
	spoiled  outcome = "spoiled"  // answered with status 200 and something that cannot be used
	lost     outcome = "lost"     // the connection ended before the answer
	refused  outcome = "refused"  // a status other than 200
)

// call is one call as the meter has seen it.
type call struct {
	worker string
	text   string
	state  outcome
	began  time.Time
	ended  time.Time
	// excused says which fault made a second payment unavoidable: the call was
	// open at the provider when it struck, or its answer was on the way.
	excused string
}

func (c *call) characters() int { return utf8.RuneCountInString(c.text) }

// meter counts what a provider would bill, independently of what Lector books.
type meter struct {
	mu    sync.Mutex
	calls []*call
	down  map[string]string // fault by worker that is killed or frozen
}

// strike notes that a worker is killed or frozen: the calls that it has open, and those
// that it had sent and that nobody has read yet.
func (m *meter) strike(worker, fault string) {
	m.mu.Lock()
	if m.down == nil {
		m.down = map[string]string{}
	}
	m.down[worker] = fault
	m.mu.Unlock()
	m.excuse(worker, fault)
}

// heal notes that a worker runs again.
func (m *meter) heal(worker string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.down, worker)
}

// begin notes a call of a worker.
func (m *meter) begin(worker, text string) *call {
	m.mu.Lock()
	defer m.mu.Unlock()
	c := &call{worker: worker, text: text, state: open, began: time.Now(), excused: m.down[worker]}
	m.calls = append(m.calls, c)
	return c
}

// end notes what became of a call, and which fault it was, if one.
func (m *meter) end(c *call, state outcome, fault string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	c.state, c.ended = state, time.Now()
	if fault != "" {
		c.excused = fault
	}
}

// onTheWay is how long an answer may be between the provider's socket and a disk:
// a worker that is killed within it could not have kept the answer.
const onTheWay = 100 * time.Millisecond

// excuse marks the calls of a worker that are open when a fault strikes it. An
// empty name is every worker.
func (m *meter) excuse(worker, fault string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, c := range m.calls {
		hit := c.state == open || c.state != refused && time.Since(c.ended) < onTheWay
		if hit && (worker == "" || c.worker == worker) {
			c.excused = fault
		}
	}
}

// of says how each call for a text went.
func (m *meter) of(text string) string {
	m.mu.Lock()
	defer m.mu.Unlock()
	var all []string
	for _, c := range m.calls {
		if c.text == text {
			all = append(all, c.String())
		}
	}
	return strings.Join(all, "; ")
}

// callsFor says how each call for a text went, as far as anybody knows.
func (b bill) callsFor(text string) string {
	if b.calls == nil {
		return "nobody knows how"
	}
	return b.calls(text)
}

// String says how a call went.
func (c *call) String() string {
	const clock = "15:04:05.000"
	s := fmt.Sprintf("%s asked at %s, %s", c.worker, c.began.Format(clock), c.state)
	if c.state != open {
		s += " at " + c.ended.Format(clock)
	}
	if c.excused != "" {
		s += " (" + c.excused + ")"
	}
	return s
}

// bill is what the meter adds up, in characters.
type bill struct {
	Calls     int            `json:"calls"`
	Answered  int            `json:"answered"`   // of whole answers
	Spoiled   int            `json:"spoiled"`    // of answers that could not be used
	Lost      int            `json:"lost"`       // of calls whose connection ended before the answer
	Unique    int            `json:"unique"`     // of the different texts that were spoken
	PaidTwice int            `json:"paid_twice"` // above the unique
	Open      int            `json:"open"`       // that faults caught open at the provider
	Unexcused map[string]int `json:"-"`          // characters that were paid twice for no fault, by text
	Abandoned map[string]int `json:"-"`          // characters of calls whose worker hung up for no fault, by text

	calls func(text string) string // says how each call for a text went
}

// billed is all that the provider bills.
func (b bill) billed() int { return b.Answered + b.Spoiled + b.Lost }

// total adds everything up.
func (m *meter) total() bill {
	m.mu.Lock()
	defer m.mu.Unlock()
	b := bill{Unexcused: map[string]int{}, Abandoned: map[string]int{}, calls: m.of}
	times, excused := map[string]int{}, map[string]int{}
	for _, c := range m.calls {
		b.Calls++
		if c.state == refused {
			continue
		}
		b.add(c)
		times[c.text]++
		if c.excused != "" {
			excused[c.text]++
		}
	}
	for text, n := range times {
		size := utf8.RuneCountInString(text)
		b.Unique += size
		b.PaidTwice += size * (n - 1)
		if extra := n - 1 - excused[text]; extra > 0 {
			b.Unexcused[text] = extra * size
		}
	}
	return b
}

// add counts one billed call.
func (b *bill) add(c *call) {
	n := c.characters()
	switch c.state {
	case answered:
		b.Answered += n
	case spoiled:
		b.Spoiled += n
	default:
		b.Lost += n
	}
	if c.excused != "" {
		b.Open += n
	} else if c.state == lost {
		b.Abandoned[c.text] += n
	}
}

package nats

import (
	"maps"
	"testing"
	"time"

	"lector"
	"lector/infra/limittest"
)

// TestDeadLetterCounts counts by site and class while letters come and go.
func TestDeadLetterCounts(t *testing.T) {
	t.Parallel()
	b := setup(t)
	settled := uint64(0) // the place of the event whose letter is settled
	counted := func(when string, want map[lector.DeadLetterKind]int) {
		t.Helper()
		got, err := b.DeadLetterCounts(t.Context(), func(l lector.DeadLetter) bool { return settled > 0 && l.Arrived == settled && l.Job.ID != "" })
		if err != nil || !maps.Equal(got, want) {
			t.Errorf("%s: %v, %v, want %v", when, got, err, want)
		}
	}
	input, poison, other := lector.DeadLetterKind{Site: "havana", Class: "input"}, lector.DeadLetterKind{Site: "havana", Class: "poison"},
		lector.DeadLetterKind{Site: "matanzas"}
	counted("before anything", nil)
	elsewhere := event("2", "a")
	elsewhere.Article.Site = "matanzas"
	for _, c := range []struct {
		event lector.ArticleEvent
		class lector.Class
	}{{event("1", "a"), lector.ClassInput}, {event("3", "a"), lector.ClassInput}, {elsewhere, ""}} {
		publish(t, b.Conn, c.event)
		if err := next(t, b.Conn).Term(c.class, "nobody can read it"); err != nil {
			t.Fatal(err)
		}
	}
	raw(t, b.Conn, lector.ArticleSubject("havana", "x"), nil, "garbage")
	terminate(t, b.Conn, "no CloudEvent") // by a worker that names no class
	counted("four letters", map[lector.DeadLetterKind]int{input: 3, other: 1})
	counted("asked again", map[lector.DeadLetterKind]int{input: 3, other: 1})
	settled = 3
	counted("one is settled", map[lector.DeadLetterKind]int{input: 3})
	settled = 0

	if err := b.DropDeadLetter(t.Context(), 2); err != nil {
		t.Fatal(err)
	}
	publish(t, b.Conn, event("4", "a"))
	if err := next(t, b.Conn).Term(lector.ClassPoison, "three workers were lost"); err != nil {
		t.Fatal(err)
	}
	counted("one dropped, one more", map[lector.DeadLetterKind]int{input: 2, other: 1, poison: 1})

	for _, id := range []uint64{1, 3, 4, 5} {
		if err := b.DropDeadLetter(t.Context(), id); err != nil {
			t.Fatal(err)
		}
	}
	counted("all dropped", nil)
	if err := b.js.DeleteStream(t.Context(), deadLetters); err != nil {
		t.Fatal(err)
	}
	if err := b.Setup(limittest.Context(t), 1); err != nil {
		t.Fatal(err)
	}
	publish(t, b.Conn, event("5", "a"))
	if err := next(t, b.Conn).Term(lector.ClassPoison, "three workers were lost"); err != nil {
		t.Fatal(err)
	}
	counted("a stream that was made anew", map[lector.DeadLetterKind]int{poison: 1})
}

func TestBudgetsUsed(t *testing.T) {
	t.Parallel()
	b := setup(t)
	budgets, err := b.Budgets(t.Context(), map[string]lector.Budget{"havana": {CharactersPerDay: 1000}, "matanzas": {CharactersPerHour: 7}, "free": {}})
	if err != nil {
		t.Fatal(err)
	}
	if err := budgets.Reserve(t.Context(), lector.Call{ID: "1", Site: "havana", Characters: 300, Began: time.Now()}); err != nil {
		t.Fatal(err)
	}
	got, err := budgets.Used(t.Context())
	if err != nil || len(got) != 2 || got["havana"].Day.Characters != 300 || got["matanzas"].Hour.Characters != 0 {
		t.Errorf("%+v, %v", got, err)
	}
}

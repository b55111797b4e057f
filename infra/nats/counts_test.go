package nats

import (
	"maps"
	"testing"
	"time"

	"lector"
)

func TestDeadLetterCounts(t *testing.T) {
	t.Parallel()
	b := setup(t)
	other := event("2", "a")
	other.Article.Site = "matanzas"
	for _, e := range []lector.ArticleEvent{event("1", "a"), event("3", "a"), other} {
		publish(t, b.Conn, e)
		if err := next(t, b.Conn).Term(lector.ClassInput, "nobody can read it"); err != nil {
			t.Fatal(err)
		}
	}
	got, err := b.DeadLetterCounts(t.Context())
	if want := map[string]int{"havana": 2, "matanzas": 1}; err != nil || !maps.Equal(got, want) {
		t.Errorf("%v, %v, want %v", got, err, want)
	}
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

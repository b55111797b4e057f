package nats

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"lector"
)

// TestListeningAddsUp: several publishers add to the same articles at once, each trying
// some of it twice as after a lost answer, and every play counts once.
func TestListeningAddsUp(t *testing.T) {
	t.Parallel()
	const publishers, rounds, articles = 4, 15, 3
	b := setup(t)
	var wait sync.WaitGroup
	for p := range publishers {
		wait.Go(func() {
			conn := dial(t, b.dir)
			l, err := conn.Listening(t.Context())
			if err != nil {
				t.Error(err)
				return
			}
			for round := range rounds {
				key, id := fmt.Sprintf("k%d", round%articles), fmt.Sprintf("%d-%d", p, round)
				for range 1 + rand.IntN(2) { // the second adds nothing
					if err := l.AddListening(t.Context(), "havana", key, "2026-11-23", id, lector.NewListening(0, []int{0, 1, 2, 3, 4, 5})); err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
	wait.Wait()
	l, err := b.Listening(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	n, total := 0, lector.Listening{}
	for a, err := range l.SiteListening(t.Context(), "havana") {
		if err != nil {
			t.Fatal(err)
		}
		n++
		total.Add(a.Since(time.Time{}))
	}
	const want = publishers * rounds
	if n != articles || total.Plays != want || total.Quarters != [4]int{want, 0, 0, 0} || total.Parts[5] != want || total.Parts[6] != 0 {
		t.Errorf("%d articles with %+v, want %d and %d plays", n, total, articles, want)
	}
	if a, err := l.ArticleListening(t.Context(), "havana", "nobody"); err != nil || a.Since(time.Time{}).Plays != 0 {
		t.Errorf("an article that nobody has heard: %+v, %v", a, err)
	}
}

// TestListeningRecordIsBounded: an article that is heard every day for years with large
// counts stays far below what a message may hold, and no play is lost.
func TestListeningRecordIsBounded(t *testing.T) {
	t.Parallel()
	var r listeningRecord
	day := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)
	const days = 1000
	for range days {
		l := lector.Listening{Plays: 1e9}
		for i := range l.Parts {
			l.Parts[i] = 1e9
		}
		r.Count(day.Format(time.DateOnly), l)
		day = day.AddDate(0, 0, 1)
	}
	data, err := json.Marshal(r)
	if err != nil || len(data) > 64<<10 {
		t.Errorf("%d bytes, %v", len(data), err)
	}
	if n := r.Since(time.Time{}).Plays; n != days*1e9 {
		t.Errorf("%d plays", n)
	}
	if n := r.Since(day.AddDate(0, 0, -7)).Plays; n != 7e9 {
		t.Errorf("%d plays in the last week", n)
	}
}

package reconcile

import (
	"testing"
	"time"

	"lector"
)

func TestCompare(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 2, 8, 0, 0, 0, time.UTC)
	job := func(state lector.State, revision, rendition string) known {
		return known{found: true, job: lector.Job{State: state, Revision: revision, Rendition: rendition, UpdatedAt: at, Changed: at.Add(time.Minute), Sequence: 7}}
	}
	with := func(k known, change func(*known)) known { change(&k); return k }
	item := Item{ID: "1", UpdatedAt: at, Visibility: lector.Public}
	newer := Item{ID: "1", UpdatedAt: at.Add(time.Hour), Visibility: lector.Public}
	revised := func(r string) Item { return Item{ID: "1", Revision: r, Visibility: lector.Public} }
	paid := Item{ID: "1", UpdatedAt: at, Visibility: lector.Paid}
	for name, tc := range map[string]struct {
		item Item
		k    known
		want Finding
	}{
		"no event of it came":          {item, known{}, Missing},
		"in the queue":                 {item, known{waiting: true, newest: "x"}, Waiting},
		"ready":                        {item, job(lector.Ready, "", "r"), Correct},
		"changed":                      {newer, job(lector.Ready, "", "r"), stale},
		"a fraction of a second":       {Item{ID: "1", UpdatedAt: at.Add(900 * time.Millisecond), Visibility: lector.Public}, job(lector.Ready, "", "r"), Correct},
		"revision":                     {revised("a"), job(lector.Ready, "a", "r"), Correct},
		"other revision":               {revised("b"), job(lector.Ready, "a", "r"), stale},
		"announced by us":              {newer, with(job(lector.Ready, "", "r"), func(k *known) { k.newest = eventID(newer); k.ours = true }), Correct},
		"announced by us, waiting":     {newer, with(job(lector.Ready, "", "r"), func(k *known) { k.newest = eventID(newer); k.waiting = true }), Waiting},
		"failed":                       {item, job(lector.Failed, "", ""), stuck},
		"failed and changed":           {newer, job(lector.Failed, "", ""), stale},
		"parked":                       {item, job(lector.Parked, "", ""), Waiting},
		"cancelled":                    {item, job(lector.Cancelled, "", ""), stuck},
		"refused":                      {item, job(lector.Refused, "", ""), Refused},
		"withdrawn by hand":            {item, job(lector.Removed, "", ""), withdrawn},
		"withdrawn by hand, changed":   {newer, job(lector.Removed, "", ""), Missing},
		"withdrawn by hand, of a feed": {revised("b"), job(lector.Removed, "", ""), withdrawn},
		"withdrawn by us":              {revised("b"), with(job(lector.Removed, "", ""), func(k *known) { k.ours = true }), Missing},
		"paid":                         {paid, known{}, Private},
		"paid now":                     {paid, job(lector.Ready, "", "r"), exposed},
		"paid, without audio":          {paid, job(lector.Refused, "", ""), Private},
		"its free part is heard":       {paid, with(job(lector.Ready, "", "r"), func(k *known) { k.teasers, k.job.Teaser = true, true }), Correct},
		"all of it is, and may not be": {paid, with(job(lector.Ready, "", "r"), func(k *known) { k.teasers = true }), stale},
		"its free part is not begun":   {paid, known{teasers: true}, Missing},
		"it has no free part":          {paid, with(job(lector.Refused, "", ""), func(k *known) { k.teasers = true }), Refused},
		"teasers are read no more":     {paid, with(job(lector.Ready, "", "r"), func(k *known) { k.job.Teaser = true }), exposed},
		"no visibility":                {Item{ID: "1"}, job(lector.Ready, "", "r"), exposed},
		"public again":                 {newer, job(lector.Refused, "", ""), stale},
		"before the backfill":          {item, known{since: at.Add(time.Second)}, Old},
		"since the backfill":           {item, known{since: at}, Missing},
		"undated":                      {revised("a"), known{since: at}, Old},
		"undated, and new":             {revised("a"), known{since: at, isNew: true}, Missing},
		"undated, all are read":        {revised("a"), known{}, Missing},
		"old, but known":               {newer, with(job(lector.Ready, "", "r"), func(k *known) { k.since = at.AddDate(1, 0, 0) }), stale},
	} {
		got, why := compare(tc.item, tc.k)
		if got != tc.want || why == "" && got != Correct && got != Refused {
			t.Errorf("%s: %s (%s), want %s", name, got, why, tc.want)
		}
	}
}

func TestLastNight(t *testing.T) {
	t.Parallel()
	day := func(d, h, m int) time.Time { return time.Date(2026, 11, d, h, m, 0, 0, time.UTC) }
	for now, want := range map[time.Time]time.Time{day(5, 2, 59): day(4, 3, 0), day(5, 3, 0): day(5, 3, 0), day(5, 23, 0): day(5, 3, 0), day(1, 0, 0): time.Date(2026, 10, 31, 3, 0, 0, 0, time.UTC)} {
		if got := lastNight(now); !got.Equal(want) {
			t.Errorf("%v: %v", now, got)
		}
	}
}

package console

import (
	"strings"
	"testing"
	"time"

	"lector"
)

func TestExplain(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 20, 8, 0, 0, 0, time.UTC)
	job := func(state lector.State, class lector.Class, reason string) *lector.Job {
		return &lector.Job{ID: "abcdefghijklmnopqrstuvwxyz", Site: "havana", Article: "1", Sequence: 5, State: state, Class: class, Reason: reason, Changed: now}
	}
	fallback, ignored := job(lector.Ready, "", ""), job(lector.Ready, "", "")
	fallback.Fallback = "amy is down"
	ignored.Ignored = &lector.IgnoredEvent{Sequence: 7, Reason: "its updated_at is older"}
	waiting := &lector.Delivery{Event: lector.ArticleEvent{Type: lector.Published}, Sequence: 7, Stored: now}
	for name, c := range map[string]struct {
		Evidence
		state, reason, mend string
	}{
		"ready":             {Evidence{Job: job(lector.Ready, "", "")}, "ready", "its audio is public", ""},
		"by another voice":  {Evidence{Job: fallback}, "ready", "amy is down", "lector replay abcdefghij"},
		"a later event":     {Evidence{Job: ignored}, "ready", "its updated_at is older", "updated_at"},
		"tried again":       {Evidence{Job: job(lector.Queued, lector.ClassVoiceDown, "EOF")}, "queued", "tried again after a while, for the last attempt did not reach its end: EOF", "lector voices test"},
		"to be begun":       {Evidence{Job: job(lector.Queued, "", "")}, "queued", "waits for a worker", ""},
		"embargo":           {Evidence{Job: job(lector.Parked, lector.ClassEmbargo, "embargo")}, "parked", "embargo", "mend published_at"},
		"of a former site":  {Evidence{Job: job(lector.Ready, "", ""), SiteGone: true}, "ready", "not in the settings any more", "lector unpublish -site havana 1"},
		"running":           {Evidence{Job: job(lector.Running, "", "")}, "running", "at it", ""},
		"withdrawn":         {Evidence{Job: job(lector.Removed, "", "")}, "removed", "withdrawn", "publish it again"},
		"refused":           {Evidence{Job: job(lector.Refused, "", "not public")}, "refused", "not public", "lector script"},
		"cancelled":         {Evidence{Job: job(lector.Cancelled, "", "")}, "cancelled", "cancelled", "lector replay abcdefghij"},
		"key refused":       {Evidence{Job: job(lector.Parked, lector.ClassVoiceRefused, "401")}, "parked", "401", "lector voices test"},
		"voice away":        {Evidence{Job: job(lector.Parked, lector.ClassVoiceDown, "503")}, "parked", "503", "by itself"},
		"store away":        {Evidence{Job: job(lector.Parked, lector.ClassStorage, "full")}, "parked", "full", "lector doctor"},
		"poison":            {Evidence{Job: job(lector.Failed, lector.ClassPoison, "lost")}, "failed", "lost", "look at their logs"},
		"nothing to read":   {Evidence{Job: job(lector.Failed, lector.ClassInput, "no text")}, "failed", "no text", "mend the article"},
		"unreadable letter": {Evidence{Letter: &lector.DeadLetter{ID: 3, Reason: "no id", Unusable: lector.ErrNotFound}}, stateDeadLetter, "no id", "mend what the CMS sends"},
		"an older letter":   {Evidence{Job: job(lector.Ready, "", ""), Letter: &lector.DeadLetter{Time: now.Add(-time.Hour)}}, "ready", "public", ""},
		"waits in a queue":  {Evidence{Event: waiting, Queue: &lector.QueueState{Delivered: 6, Waiting: 3}}, stateWaiting, "waiting: 3 events", "lector doctor"},
		"waits for a slot":  {Evidence{Event: waiting, Queue: &lector.QueueState{Delivered: 7}}, stateWaiting, "waits for a slot", ""},
		"consumer gone":     {Evidence{Event: waiting}, stateWaiting, "consumer", "lector setup"},
	} {
		x := Explain(c.Evidence)
		if x.State != c.state || !strings.Contains(x.Reason, c.reason) || !strings.Contains(x.Remedy, c.mend) || c.mend == "" && x.Remedy != "" {
			t.Errorf("%s: %+v", name, x)
		}
	}
}

// An event that asks for a lane that does not exist says so in its step.
func TestExplainNoLane(t *testing.T) {
	t.Parallel()
	for lane, want := range map[string]bool{"urgent": true, "": false} {
		x := Explain(Evidence{Event: &lector.Delivery{Event: lector.ArticleEvent{Type: lector.Published, NoLane: lane}, Sequence: 7}})
		if got := strings.Contains(x.Steps[0].Detail, `the lane "urgent", which does not exist`); got != want {
			t.Errorf("lane %q: %q", lane, x.Steps[0].Detail)
		}
	}
}

package main

import (
	"context"
	"fmt"
	"net/http"
	"path/filepath"
	"time"

	"lector"
	"lector/infra/limittest"
	"lector/publisher/intake/reconcile"
)

// outage is a time in which Lector cannot be reached while editors go on. Ghost sends each
// webhook once, so all of it is lost; only the comparison finds it.
type outage struct {
	*postLife
	reconciler *reconcile.Reconciler
	changes    []change
}

// starterPost is the title of the post that each new Ghost has, an invitation to subscribe.
const starterPost = "Coming soon"

func (o *outage) run() {
	o.compare()
	ctx, stop := context.WithCancel(o.t.Context())
	done := make(chan struct{})
	go func() { defer close(done); o.reconciler.Run(ctx) }()
	o.prepare()
	o.away.Store(true)
	began := time.Now()
	for i := range o.changes {
		c := &o.changes[i]
		c.do(c.id)
	}
	o.untilLost(int64(len(o.changes)))
	o.away.Store(false)
	awaitHealing(&o.meter, o.changes, &o.after, time.Now())
	stop()
	<-done
	o.leftOver()
	o.t.Logf("what a comparison heals, Lector being away for %.0f s:\n| what happens | what that comes to | target |\n|---|---|---|\n%s",
		time.Since(began).Seconds(), o.after.String())
	for _, e := range o.reconciler.Report().Entries {
		if e.Title != starterPost { // of which nothing can be read, and the reason says so
			o.t.Errorf("without correct audio: %+v", e)
		}
	}
}

// untilLost waits until Ghost has sent so many webhooks to nobody.
func (o *outage) untilLost(n int64) {
	o.t.Helper()
	limittest.Until(o.t, "Ghost has told of it", func() bool { return o.lost.Load() >= n })
}

// compare readies the comparison with Ghost, by the settings that an operator would give.
func (o *outage) compare() {
	o.t.Helper()
	key := filepath.Join(o.t.TempDir(), "key")
	writeSecret(o.t, key, o.key)
	site := o.h.config.Sites[defaultSite]
	site.AllowPrivate, site.CMS.Ghost = true, ghostConfig{URL: o.url, Key: secretSource{File: key}}
	o.h.config.Sites[defaultSite] = site
	places, err := o.h.conn.Places(o.t.Context())
	if err == nil {
		o.reconciler, err = o.h.reconciler(o.h.conn, o.h.jobs, places, defaultSite)
	}
	if err != nil {
		o.t.Fatal(err)
	}
}

// prepare publishes the posts that are changed later, and waits until they are heard.
func (o *outage) prepare() {
	o.t.Helper()
	update := func(fields map[string]any) func(string) { return func(id string) { o.save(id, fields) } }
	o.changes = []change{
		{what: "a post is published", do: update(map[string]any{"status": "published"}), heals: isHeard},
		{what: "a body is edited", do: update(map[string]any{"html": edited}), heals: says("governor")},
		{what: "a title is edited", do: update(map[string]any{"title": "The bridge is shut"}), heals: says("is shut")},
		{what: "a post is made paid", do: update(map[string]any{"visibility": "paid"}), heals: isSilent},
		{what: "a post is unpublished", do: update(map[string]any{"status": "draft"}), heals: isSilent},
	}
	for i := range o.changes {
		status := "published"
		if i == 0 {
			status = "draft"
		}
		o.changes[i].id = o.save("", map[string]any{"title": fmt.Sprintf("Bridge number %d", i), "html": paragraphs, "status": status})
	}
	for _, c := range o.changes[1:] {
		limittest.Until(o.t, c.what+": it is heard before", func() bool { _, heard := o.heard(post(c.id)); return heard })
	}
}

// leftOver deletes a post that nobody hears of: a list of what has changed does not hold
// it, so the nightly look at all finds it, and withdraws its audio when it was not there
// twice.
func (o *outage) leftOver() {
	o.t.Helper()
	id, before := o.changes[1].id, o.lost.Load()
	o.away.Store(true)
	o.call(http.MethodDelete, "posts/"+id+"/", nil)
	o.untilLost(before + 1)
	o.away.Store(false)
	now := time.Now()
	o.reconciler.Now = func() time.Time { return now }
	for range 2 {
		if err := o.reconciler.Pass(o.t.Context()); err != nil {
			o.t.Fatal(err)
		}
		now = now.Add(healedWithin)
	}
	if err := o.reconciler.Poll(o.t.Context()); err != nil {
		o.t.Fatal(err)
	}
	j := o.h.newest(post(id))
	_, heard := o.heard(post(id))
	fmt.Fprintf(&o.after, "| a post is deleted, and nobody hears of it | %s after the look at all, heard: %t | removed |\n", j.State, heard)
	if j.State != lector.Removed || heard {
		o.t.Errorf("left over: %+v", j)
	}
}

package main

import (
	"context"
	"fmt"
	"io"
	"sync"
	"time"

	"lector"
	"lector/infra/nats"
	"lector/publisher/console"
)

// waitReasonEvery is how often a command that waits looks at what the article waits for.
const waitReasonEvery = 2 * time.Second

// waitReason says what an article waits for while a command waits for it.
type waitReason struct {
	explain func(ctx context.Context) (console.Explanation, error)
	w       io.Writer
	said    string // last
}

// look says what the article waits for, unless that was said last. An article that is
// worked on waits for nothing. What cannot be found out is not said: a CMS may not read
// all that the reason may be in.
func (r *waitReason) look(ctx context.Context) {
	x, err := r.explain(ctx)
	if err != nil || !x.Waits() {
		return
	}
	text := "waits: " + oneLine(x.Reason)
	if x.Remedy != "" {
		text += "; " + oneLine(x.Remedy)
	}
	if text != r.said {
		fmt.Fprintln(r.w, text)
	}
	r.said = text
}

// sayWaitReason says on stderr what an article waits for, until the function that it
// returns is called.
func (a *app) sayWaitReason(ctx context.Context, c *config, conn *nats.Conn, article lector.Article) (stop func()) {
	r := &waitReason{w: a.stderr, explain: func(ctx context.Context) (console.Explanation, error) {
		e, err := c.collectEvidence(ctx, conn, articleName{site: article.Site, id: article.ID})
		return console.Explain(e), err
	}}
	ctx, cancel := context.WithCancel(ctx)
	var running sync.WaitGroup
	running.Go(func() {
		tick := time.NewTicker(waitReasonEvery)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
				r.look(ctx)
			}
		}
	})
	return func() { cancel(); running.Wait() }
}

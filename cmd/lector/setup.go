package main

import (
	"context"
	"fmt"
	"strings"

	"lector/infra/nats"
)

const setupHelp = `Creates the streams, consumers and buckets on the configured NATS server, or
brings them to their present shape, and checks the store and what its server
keeps. It needs the rights to do so; the other commands only bind to what is
there. It may run any number of times. lector serve and lector demo do it by
themselves for their embedded server. What an older build has written is
brought over, once: stop the workers of that build first.

A stream or bucket that is gone although others show that it was there is not made
again, for it would be empty: setup says what is lost and stops. With -recreate it
makes it again. lector serve and lector demo stop likewise.

  LECTOR_NATS_URL=nats://127.0.0.1:4222 lector setup`

// bucketMaker is a store whose bucket can be created.
type bucketMaker interface {
	CreateBucket(ctx context.Context) error
}

func (a *app) setup(ctx context.Context, args []string) (err error) {
	fs := a.flags("setup")
	set := a.settings(fs)
	recreate := fs.Bool("recreate", false, "make streams and buckets again, empty, that are gone with what was in them")
	if err := a.parseFlags(fs, args); err != nil {
		return err
	}
	c, err := a.load(set)
	if err != nil {
		return err
	}
	h := a.resources(c)
	h.recreate = *recreate
	defer h.close(&err)
	if err := h.embedded(ctx); err != nil {
		return err
	}
	conn, err := h.nats("setup")
	if err != nil {
		return err
	}
	if err := h.setup(ctx, conn, c.NATS.Replicas); err != nil {
		return err
	}
	fmt.Fprintf(a.stdout, "NATS %s: streams %s and buckets %s are there\n", conn.Version(), namesOf("stream"), namesOf("bucket"))
	s, err := h.store(ctx)
	if err != nil {
		return err
	}
	if b, ok := s.(bucketMaker); ok {
		if err := b.CreateBucket(ctx); err != nil {
			return err
		}
	}
	if err := s.Ping(ctx); err != nil {
		return err
	}
	fmt.Fprintf(a.stdout, "store %s: usable and writable\n", c.Store.Kind)
	for _, f := range probeFindings(ctx, s) {
		if f.err != nil {
			return f.err
		}
		printFinding(a.stdout, f)
	}
	return nil
}

// namesOf lists what setup makes of a kind.
func namesOf(kind string) string {
	var names []string
	for _, p := range nats.Layout() {
		if p.Kind == kind {
			names = append(names, p.Name)
		}
	}
	return strings.Join(names, ", ")
}

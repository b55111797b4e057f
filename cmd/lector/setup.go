package main

import (
	"context"
	"fmt"
)

const setupHelp = `Creates the streams, consumers and buckets on the configured NATS server, or
brings them to their present shape, and checks the store and what its server
keeps. It needs the rights to do so; the other commands only bind to what is
there. It may run any number of times. lector serve and lector demo do it by
themselves for their embedded server.

  LECTOR_NATS_URL=nats://127.0.0.1:4222 lector setup`

// bucketMaker is a store whose bucket can be created.
type bucketMaker interface {
	CreateBucket(ctx context.Context) error
}

func (a *app) setup(ctx context.Context, args []string) (err error) {
	fs := a.flags("setup")
	set := a.settings(fs)
	if err := a.parseFlags(fs, args); err != nil {
		return err
	}
	c, err := a.load(set)
	if err != nil {
		return err
	}
	h := a.resources(c)
	defer h.close(&err)
	if err := h.embedded(ctx); err != nil {
		return err
	}
	conn, err := h.nats("setup")
	if err != nil {
		return err
	}
	if err := conn.Setup(ctx, c.NATS.Replicas); err != nil {
		return err
	}
	fmt.Fprintf(a.stdout, "NATS %s: streams ARTICLES, AUDIO, DEADLETTER and USAGE, buckets jobs, leases and budgets are there\n", conn.Version())
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

package main

import (
	"context"
	"slices"
	"strings"
	"syscall"
	"time"
)

// grace is how long a program may take to end in order.
const grace = 40 * time.Second

// inject does what a fault says, and undoes it.
func (l *lab) inject(ctx context.Context, f fault) error {
	if what, found := strings.CutPrefix(f.Kind, "voice "); found {
		l.voice.setFault(voiceFault(what), f.Every)
		defer l.voice.setFault(noFault, 1)
		return pause(ctx, f.Lasts)
	}
	if what, found := strings.CutPrefix(f.Kind, "store "); found {
		l.store.setFault(storeFault(what), f.Every)
		defer l.store.setFault(storeWell, 1)
		return pause(ctx, f.Lasts)
	}
	switch f.Target {
	case onNATS:
		return l.injectNATS(ctx, f)
	case onStore:
		return l.killFor(ctx, l.s3, f)
	case onPublisher:
		return l.killFor(ctx, l.publisher, f)
	}
	if worker, found := strings.CutPrefix(f.Target, "link of "); found {
		return l.injectNetwork(ctx, l.links[worker], f)
	}
	return l.injectWorker(ctx, l.workers[f.Target], f)
}

// injectWorker strikes one worker. The calls that it has open are noted first and
// once more when it is gone: some may have begun between.
func (l *lab) injectWorker(ctx context.Context, c *child, f fault) error {
	at := c.name
	switch f.Kind {
	case "freeze worker past its lease", "freeze worker":
		c.freeze()
		l.meter.strike(at, f.Kind)
		defer c.signal(syscall.SIGCONT)
		defer l.meter.heal(at)
		return pause(ctx, f.Lasts)
	case "stop worker in order", "stop worker " + inCall:
		return l.stopInOrder(ctx, c, f)
	}
	if err := l.killAt(ctx, c, f); err != nil {
		return err
	}
	return l.restart(ctx, c, f)
}

// stopInOrder asks a worker to end, at once or while it has a call open, and
// starts it again.
func (l *lab) stopInOrder(ctx context.Context, c *child, f fault) error {
	if f.Kind == "stop worker "+inCall {
		if err := l.aim(ctx, point{inCall, c.name}, func() {}); err != nil {
			return err
		}
	}
	frozen := len(c.strikes())
	if inTime := c.stop(ctx, grace); !inTime && len(c.strikes()) == frozen+1 { // by stop itself
		l.violations.add(slowDrain, "%s runs on %v after SIGTERM", c.name, grace)
	}
	return l.restart(ctx, c, f)
}

// killAt kills a worker at the place that the fault names, or at once.
func (l *lab) killAt(ctx context.Context, c *child, f fault) error {
	kill := func() {
		l.meter.strike(c.name, f.Kind)
		c.kill()
		l.meter.excuse(c.name, f.Kind)
	}
	where := point{strings.TrimPrefix(f.Kind, "kill worker "), c.name}
	if where.place == announcing {
		where.worker = ""
	}
	if !slices.Contains([]string{inCall, afterAnswer, beforeWrite, afterWrite, announcing}, where.place) {
		kill()
		return nil
	}
	return l.aim(ctx, where, kill)
}

// longestAim is how long a fault waits for the place that it strikes at. Then it
// strikes anyway.
const longestAim = 8 * time.Second

// aim strikes when a point is reached, before the work goes on there.
func (l *lab) aim(ctx context.Context, where point, strike func()) error {
	done := make(chan struct{})
	l.points.at(where, func() { defer close(done); strike() })
	short, cancel := context.WithTimeout(ctx, longestAim)
	defer cancel()
	select {
	case <-done:
		return nil
	case <-short.Done():
	}
	if late := l.points.take(where); late != nil {
		late()
	}
	<-done // or it is being struck
	return ctx.Err()
}

// killFor kills a program and starts it again.
func (l *lab) killFor(ctx context.Context, c *child, f fault) error {
	c.kill()
	return l.restart(ctx, c, f)
}

// restart starts a program when its fault is over, with a place to die at where
// there are any.
func (l *lab) restart(ctx context.Context, c *child, f fault) error {
	if err := pause(ctx, f.Lasts); err != nil {
		return err
	}
	l.meter.heal(c.name)
	if l.workers[c.name] == c {
		c.upgrade(l.program)
	}
	if at := l.failpoint(f.Pick); at != "" && l.workers[c.name] == c {
		return c.start(ctx, "LECTOR_FAILPOINT="+at)
	}
	return c.start(ctx)
}

// injectNetwork strikes one worker's ways to NATS.
func (l *lab) injectNetwork(ctx context.Context, ways []*proxy, f fault) error {
	all := func(do func(*proxy)) {
		for _, p := range ways {
			do(p)
		}
	}
	switch f.Kind {
	case "network delay":
		delay := time.Duration(20+f.Pick%200) * time.Millisecond
		all(func(p *proxy) { p.setDelay(delay) })
		defer all(func(p *proxy) { p.setDelay(0) })
	case "network half-open":
		all(func(p *proxy) { p.setSwallow(true) })
		defer all(func(p *proxy) { p.setSwallow(false); p.cut() })
	default:
		all((*proxy).cut)
	}
	return pause(ctx, f.Lasts)
}

// injectNATS strikes the cluster.
func (l *lab) injectNATS(ctx context.Context, f fault) error {
	leader := l.cluster.named(l.broker.leader(ctx))
	switch f.Kind {
	case "kill NATS leader":
		return l.killFor(ctx, &leader.child, f)
	case "freeze NATS leader":
		leader.signal(syscall.SIGSTOP)
		defer leader.signal(syscall.SIGCONT)
		return pause(ctx, f.Lasts)
	case "delete the consumer":
		if err := l.broker.deleteConsumers(ctx, "ARTICLES"); err != nil {
			l.log("%s: %v", f.Kind, err)
		}
		return ctx.Err()
	case "disk full under the NATS leader":
		return l.fillDisk(ctx, leader, f)
	case "restart NATS in turn":
		return l.restartNATS(ctx)
	case "kill all NATS servers":
		l.cluster.kill()
		if err := pause(ctx, f.Lasts); err != nil {
			return err
		}
		return l.cluster.start(ctx)
	}
	return l.killFor(ctx, &l.cluster.nodes[f.Pick%clusterSize].child, f)
}

// restartNATS restarts one server after the other, as for an upgrade: the next
// when there is a leader again, or after a few seconds.
func (l *lab) restartNATS(ctx context.Context) error {
	for _, n := range l.cluster.nodes {
		if !n.stop(ctx, grace) {
			l.violations.add(slowDrain, "%s runs on %v after SIGTERM", n.name, grace)
		}
		if err := n.start(ctx); err != nil {
			return err
		}
		short, cancel := context.WithTimeout(ctx, 3*time.Second)
		_ = until(short, 200*time.Millisecond, func() bool { return l.broker.leader(ctx) != "" }) // or after a while
		cancel()
	}
	return ctx.Err()
}

// fillDisk has a server's writes fail, and then restarts it: a stream that could
// not be written stays so until then, which is for the operator to see.
func (l *lab) fillDisk(ctx context.Context, n *node, f fault) error {
	process, _ := n.running()
	if process == nil {
		return nil
	}
	if err := limitFiles(process.Pid, 0); err != nil {
		return err
	}
	if err := pause(ctx, f.Lasts); err != nil {
		return err
	}
	n.kill()
	return n.start(ctx)
}

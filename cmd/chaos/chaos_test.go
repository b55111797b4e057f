package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"lector/infra/lectortest"
	"lector/infra/limittest"
)

// TestMain makes a NATS server of this binary when a run asks for one.
func TestMain(m *testing.M) {
	if config, found := natsConfig(os.Args[1:]); found {
		ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
		code := status(os.Stderr, serveNATS(ctx, config))
		stop()
		os.Exit(code)
	}
	os.Exit(m.Run())
}

// TestShortRuns is a minute and a half of chaos with fixed seeds: a cluster, and
// one process. How long they take decides nothing.
func TestShortRuns(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("SKIPPED: takes a minute and a half")
	}
	for _, program := range []string{"flite", "lame", "versitygw"} {
		if _, err := findProgram(program); err != nil {
			t.Skipf("SKIPPED: needs %s: apt-get install flite lame; make test builds versitygw", program)
		}
	}
	dir := t.TempDir()
	built, err := prepare(limittest.Context(t), options{Lector: lectortest.Program(t)}, dir, t.Logf)
	if err != nil {
		t.Fatal(err)
	}
	for name, args := range map[string]string{
		"cluster": "-seed 3 -duration 30s -gap 1500ms -articles 14 -longest 6 -settle 24h",
		"single":  "-seed 12 -duration 30s -gap 1200ms -articles 12 -longest 6 -settle 24h -single",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := &runner{options: parsed(t, strings.Fields(args)...), program: built.program, speech: built.speech, log: t.Logf}
			r.check(t, dir+"/"+name)
		})
	}
}

// TestIncidents is the short form of make ops: an incident with an alert, and one that
// heals by itself.
func TestIncidents(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("SKIPPED: takes a minute")
	}
	for _, program := range []string{"flite", "lame", "versitygw", "prometheus"} {
		if _, err := findProgram(program); err != nil {
			t.Skipf("SKIPPED: needs %s: apt-get install flite lame; make programs builds the others", program)
		}
	}
	dir := t.TempDir()
	o := parsed(t, "-incidents", "-only", "key,consumer", "-speed", "60", "-settle", "24h")
	r, err := prepare(limittest.Context(t), o, dir, t.Logf)
	if err != nil {
		t.Fatal(err)
	}
	all, err := r.playIncidents(limittest.Context(t), dir)
	if err != nil || len(all) != 2 {
		t.Fatalf("%d incidents, %v", len(all), err)
	}
	for _, got := range all {
		for _, problem := range got.Problems {
			t.Errorf("%s: %s", got.Name, problem)
		}
	}
	if key := all[0]; key.State != "parked" || !strings.Contains(strings.Join(key.Alerts, " "), "LectorKeyRefused (page, meter)") || key.Billed != key.Needed {
		t.Errorf("%+v", key)
	}
	var out strings.Builder
	printIncidents(&out, all, o.Speed)
	t.Logf("\n%s", out.String())
}

// check runs the first seed and reports each violation.
func (r *runner) check(t *testing.T, dir string) {
	got, err := r.run(limittest.Context(t), r.Seed, dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("\n%s", table([]result{got}))
	for _, v := range got.Violations {
		t.Errorf("%s: %s", v.Kind, v.Detail)
	}
	if got.Faults < 8 || got.Events < 30 || got.Meter.Calls == 0 {
		t.Errorf("hardly anything happened: %+v", got)
	}
}

func TestChildEnds(t *testing.T) {
	t.Parallel()
	c := &child{name: "idle", path: "tail", args: []string{"-f", "/dev/null"}, dir: t.TempDir()}
	c.onExit = func(*child, error) { t.Error("an end that was asked for is reported") }
	t.Cleanup(c.kill)
	if err := c.start(t.Context()); err != nil {
		t.Fatal(err)
	}
	if !c.stop(t.Context(), time.Hour) {
		t.Error("it was killed, not stopped")
	}
	if process, _ := c.running(); process != nil {
		t.Error("it still runs")
	}
	if !c.stop(t.Context(), time.Hour) {
		t.Error("what does not run cannot be stopped")
	}
}

// A program that ends by itself is reported, and can be started again.
func TestChildEndsByItself(t *testing.T) {
	t.Parallel()
	ended := make(chan error, 1)
	c := &child{name: "short", path: "/bin/sh", args: []string{"-c", "exit 3"}, dir: t.TempDir()}
	c.onExit = func(_ *child, err error) { ended <- err }
	for range 2 {
		if err := c.start(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := <-ended; fmt.Sprint(err) != "exit status 3" {
			t.Errorf("ended with %v", err)
		}
	}
}

func TestPortsAreFree(t *testing.T) {
	t.Parallel()
	ports, err := freePorts(8)
	slices.Sort(ports)
	if len(slices.Compact(ports)) != 8 || err != nil {
		t.Errorf("%v, %v", ports, err)
	}
}

// The plan is printed without anything being started.
func TestPlanIsPrinted(t *testing.T) {
	t.Parallel()
	var out, errs strings.Builder
	if code := run(t.Context(), []string{"-plan", "-seed", "4"}, &out, &errs); code != 0 || errs.Len() > 0 {
		t.Fatalf("status %d, %s", code, errs.String())
	}
	for _, part := range []string{"kill worker", "lector.article.deleted.v1", "bad event bad-4-0: no JSON"} {
		if !strings.Contains(out.String(), part) {
			t.Errorf("the plan has no %q", part)
		}
	}
	if code := run(t.Context(), []string{"-store", "tape"}, &out, &errs); code != 2 || !strings.Contains(errs.String(), "tape") {
		t.Errorf("a wrong flag: status %d, %s", code, errs.String())
	}
	if code := run(t.Context(), []string{"-h"}, &out, &errs); code != 0 || !strings.Contains(errs.String(), "Exit status") {
		t.Errorf("-h: status %d", code)
	}
}

// What commands print is read as a list or one a line.
func TestDecodeAll(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{"": 0, "null": 0, "[]": 0, "[1,2]": 2, "1\n2\n3\n": 3} {
		if got, err := decodeAll[int]([]byte(text)); len(got) != want || err != nil {
			t.Errorf("%q: %v, %v", text, got, err)
		}
	}
	if _, err := decodeAll[int]([]byte("x")); err == nil {
		t.Error("anything is read")
	}
}

// Lector may refuse to start with status 1; no other end is its own to choose.
func TestMayEnd(t *testing.T) {
	t.Parallel()
	for script, may := range map[string]bool{
		"exit 1": true, "exit 2": false, "echo msg=ready; exit 1": false, "kill -9 $$": false,
	} {
		ended := make(chan error, 1)
		c := &child{name: "worker1", path: "/bin/sh", args: []string{"-c", script}, dir: t.TempDir()}
		c.onExit = func(_ *child, err error) { ended <- err }
		if err := c.start(t.Context()); err != nil {
			t.Fatal(err)
		}
		err := <-ended
		l := &lab{workers: map[string]*child{c.name: c}}
		if got := l.mayEnd(c, err); got != may {
			t.Errorf("%s: %v", script, got)
		}
		if !l.mayEnd(&child{name: "n1"}, err) {
			t.Errorf("%s: a NATS server may not", script)
		}
		if l.Failpoints = "kept"; !l.mayEnd(c, err) {
			t.Errorf("%s: not at a failpoint", script)
		}
	}
}

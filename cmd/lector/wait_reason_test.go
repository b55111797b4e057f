package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"lector"
	"lector/infra/limittest"
	"lector/publisher/console"
)

// A reason is said when it is another one than before, and only of an article that waits.
func TestWaitReason(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	var x console.Explanation
	var failure error
	r := &waitReason{w: &out, explain: func(context.Context) (console.Explanation, error) { return x, failure }}
	paused := console.Explanation{State: "waiting", Reason: "lane normal\nis paused", Remedy: "lector resume lane normal"}
	parked := console.Explanation{State: string(lector.Parked), Reason: "no budget"}
	for _, x = range []console.Explanation{paused, paused, {State: string(lector.Running), Reason: "a worker is at it"}, parked, {State: string(lector.Ready)}, parked, paused} {
		r.look(t.Context())
	}
	failure = errors.New("no rights")
	x = parked
	r.look(t.Context())
	const first = "waits: lane normal is paused; lector resume lane normal\n"
	if want := first + "waits: no budget\n" + first; out.String() != want {
		t.Errorf("said %q, want %q", out.String(), want)
	}
}

// publish -wait says what the article waits for, and goes on when that is gone.
func TestPublishWaitsForALane(t *testing.T) {
	t.Parallel()
	h := openInstallation(t, t.TempDir(), &silentVoice{}).start()
	h.terminal().must("pause", "lane", "backfill", "-reason", "election night")
	limittest.Until(t, "the worker knows", func() bool {
		_, paused := h.pauses.Paused(lector.PauseLane, "backfill")
		return paused
	})
	file := filepath.Join(t.TempDir(), "storm.html")
	if err := os.WriteFile(file, []byte("<p>The storm has reached the harbour in the night.</p>"), 0o600); err != nil {
		t.Fatal(err)
	}
	var out, said lockedBuffer
	done := make(chan int, 1)
	a := &app{stdin: strings.NewReader(""), stdout: &out, stderr: &said, getenv: func(string) string { return "" }}
	go func() {
		done <- a.run(t.Context(), []string{"publish", "-wait", "-lane", "backfill", "-site", defaultSite, "-data", h.config.Data, file})
	}()
	limittest.Until(t, "it says what it waits for", func() bool {
		return strings.Contains(said.String(), "waits: lane backfill is paused by "+terminalUser()+": election night; lector resume lane backfill\n")
	})
	h.terminal().must("resume", "lane", "backfill")
	if code := <-done; code != 0 || !strings.Contains(out.String(), "ready: ") {
		t.Errorf("exit code %d: %s%s", code, out.String(), said.String())
	}
}

package main

import (
	"testing"

	"lector/infra/lectortest"
	"lector/infra/limittest"
)

// TestTakedownsWhileEveryPlaceIsTaken withdraws articles from a cluster and from one
// process whose every place is taken by articles of up to 400 paragraphs: all are gone
// before any of these has come to its end. How long it takes decides nothing.
func TestTakedownsWhileEveryPlaceIsTaken(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("SKIPPED: takes a minute")
	}
	for _, program := range []string{"flite", "lame", "versitygw"} {
		if _, err := findProgram(program); err != nil {
			t.Skipf("SKIPPED: needs %s: apt-get install flite lame; make test builds versitygw", program)
		}
	}
	for name, args := range map[string][]string{"cluster": nil, "single": {"-single"}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := parsed(t, append(args, "-takedowns", "4", "-settle", "24h", "-dir", t.TempDir(), "-lector", lectortest.Program(t))...)
			l, err := openLab(limittest.Context(t), o, t.Output())
			if err != nil {
				t.Fatal(err)
			}
			l.voice.latency = slowVoice
			got, err := l.takedowns(limittest.Context(t))
			if err != nil {
				t.Fatal(err)
			}
			printTakedowns(t.Output(), got)
			if len(got.Took) != o.Takedowns {
				t.Errorf("%d of %d are gone", len(got.Took), o.Takedowns)
			}
			if got.Ended > 0 {
				t.Skipf("SKIPPED: %d long articles have ended meanwhile: on so slow a machine the trial says nothing", got.Ended)
			}
		})
	}
}

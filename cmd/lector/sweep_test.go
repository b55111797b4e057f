package main

import (
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"lector"
	"lector/infra/limittest"
	"lector/worker"
)

// sweeping gives an installation a sweeper, before it starts.
func (h *installation) sweeping() *installation {
	h.t.Helper()
	leases, err := h.conn.Leases(h.t.Context(), "sweeper")
	if err != nil {
		h.t.Fatal(err)
	}
	h.sweeper = &worker.Sweeper{
		Events: h.conn, History: h.conn, Jobs: h.jobs, Leases: leases, Announcer: h.conn, Log: h.log,
		Interval: 50 * time.Millisecond, OnFound: h.onFound, OnSweep: h.metrics.Sweep,
	}
	return h
}

// lose takes the next event from the queue and acknowledges it, as a broker does
// that forgets it.
func (h *installation) lose() lector.Delivery {
	h.t.Helper()
	queue, err := h.conn.Queue(h.t.Context())
	if err != nil {
		h.t.Fatal(err)
	}
	d, err := queue.Next(limittest.Context(h.t))
	if err == nil {
		err = d.Ack(h.t.Context())
	}
	if err != nil {
		h.t.Fatal(err)
	}
	return d
}

// TestSweepReadsWhatTheQueueHasLost loses the events of two articles: of one before
// anybody took it, of one while a worker was at it that died.
func TestSweepReadsWhatTheQueueHasLost(t *testing.T) {
	t.Parallel()
	h := openInstallation(t, t.TempDir(), &silentVoice{}).sweeping()
	untaken, running := sampleArticle("untaken"), sampleArticle("running")
	running.Title = "The tunnel is closed"
	first := h.publish(lector.Published, untaken)
	h.lose()
	second := h.publish(lector.Published, running)
	d := h.lose()
	var j lector.Job
	j.Accept(d.Event, d.Sequence, time.Now().UTC())
	j.Attempts = []lector.Attempt{{Number: 1, Worker: "lost", Started: time.Now().UTC(), Stage: lector.StageSynth}}
	if _, err := h.jobs.Save(t.Context(), j, 0); err != nil {
		t.Fatal(err)
	}
	h.start()
	for a, n := range map[*lector.Article]uint64{&untaken: first, &running: second} {
		if j := h.awaitJob(*a, n); j.State != lector.Ready || j.Sequence != n {
			t.Errorf("%s: %+v", a.ID, j)
		}
		if got := h.announced(*a); !slices.Equal(got, []string{lector.AudioReady}) {
			t.Errorf("%s: announced %v", a.ID, got)
		}
	}
	if h.voice.calls() != len(h.voice.unique()) {
		t.Errorf("%d calls for %d texts", h.voice.calls(), len(h.voice.unique()))
	}
	h.untilMetrics(map[string]float64{`lector_sweep_found_total{site="havana"}`: 2})
	if got := h.scrape()[`lector_sweeps_total{outcome="ok"}`]; got < 1 {
		t.Errorf("%v sweeps", got)
	}
}

// TestSweepAnnouncesWhatHasEnded has a worker die between the end of a job and its
// announcement, and the queue take the event for settled.
func TestSweepAnnouncesWhatHasEnded(t *testing.T) {
	t.Parallel()
	h := openInstallation(t, t.TempDir(), &silentVoice{}).sweeping()
	a := sampleArticle("failed") // a withdrawal would come on its own way too
	h.publish(lector.Published, a)
	d := h.lose()
	var j lector.Job
	j.Accept(d.Event, d.Sequence, time.Now().UTC())
	j.State, j.Stage, j.Changed = lector.Failed, lector.StageDone, time.Now().UTC()
	if _, err := h.jobs.Save(t.Context(), j, 0); err != nil {
		t.Fatal(err)
	}
	h.start()
	limittest.Until(t, "it is announced", func() bool { return len(h.announced(a)) > 0 })
	if got := h.announced(a); !slices.Equal(got, []string{lector.AudioFailed}) {
		t.Errorf("announced %v", got)
	}
	h.untilMetrics(map[string]float64{`lector_sweep_found_total{site="havana"}`: 1})
}

// TestConsumerMadeAnew takes the queue's consumer away between two starts: what was
// settled is neither read nor announced again, and what was not is read.
func TestConsumerMadeAnew(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	settled, waiting := sampleArticle("settled"), sampleArticle("waiting")
	waiting.Title = "The tunnel is closed"
	t.Run("before", func(t *testing.T) {
		h := openInstallation(t, dir, &silentVoice{}).start()
		if j := h.publishAndWait(lector.Published, settled); j.State != lector.Ready {
			t.Fatalf("%+v", j)
		}
		h.shutdown()
		h.publish(lector.Published, waiting)
	})
	consumers, err := filepath.Glob(filepath.Join(dir, "nats", "jetstream", "*", "streams", "ARTICLES", "obs", "lector"))
	if err != nil || len(consumers) != 1 {
		t.Fatalf("%v, %v", consumers, err)
	}
	if err := os.RemoveAll(consumers[0]); err != nil {
		t.Fatal(err)
	}
	h := openInstallation(t, dir, &silentVoice{}).sweeping()
	if q, err := h.conn.QueueState(t.Context()); err != nil || q.Settled != 1 || q.Waiting != 1 {
		t.Errorf("the new consumer begins with %+v, %v", q, err)
	}
	h.start()
	if got := h.scrape()[`lector_sweep_found_total{site="havana"}`]; got > 0 {
		t.Errorf("the sweep has found %v", got)
	}
	if j := h.awaitJob(waiting, 2); j.State != lector.Ready {
		t.Errorf("%+v", j)
	}
	for _, a := range []lector.Article{settled, waiting} {
		if got := h.announced(a); !slices.Equal(got, []string{lector.AudioReady}) {
			t.Errorf("%s: announced %v", a.ID, got)
		}
	}
	for _, text := range h.voice.unique() {
		if text == settled.Title {
			t.Errorf("read again: %s", text)
		}
	}
}

// TestSweepMissesFiles removes the MP3 of a public article: the metric shows it, until the
// article is replayed.
func TestSweepMissesFiles(t *testing.T) {
	t.Parallel()
	h := openInstallation(t, t.TempDir(), &silentVoice{}).sweeping()
	h.sweeper.Files = &worker.MissingFiles{Ready: h.index, Jobs: h.jobs, Store: h.store, Log: slog.New(slog.DiscardHandler), OnLook: h.onFiles}
	h.start()
	a := sampleArticle("1")
	j := h.publishAndWait(lector.Published, a)
	const figure = `lector_ready_articles_without_files{site="havana"}`
	h.untilMetrics(map[string]float64{figure: 0})
	if err := h.store.Delete(t.Context(), lector.Prefix(a.Site, a.Key())+j.Rendition+".mp3"); err != nil {
		t.Fatal(err)
	}
	h.untilMetrics(map[string]float64{figure: 1})
	h.awaitJob(a, h.replay(j))
	h.untilMetrics(map[string]float64{figure: 0})
}

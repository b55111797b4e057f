package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"

	"lector"
	"lector/infra/store/s3"
	"lector/worker"
)

// prober is a store whose server may keep less than Amazon S3 does.
type prober interface {
	Probe(ctx context.Context) ([]s3.Trait, error)
}

// checkServer probes which S3 features the store's server supports. A store that is not
// usable has been reported by checkStore.
func (a *app) checkServer(ctx context.Context, c *config) (found []finding) {
	if c.Store.Kind != "s3" {
		return nil
	}
	h := a.resources(c)
	var closing error
	defer h.close(&closing)
	s, err := h.store(ctx)
	if err != nil || s.Ping(ctx) != nil {
		return nil
	}
	return probeFindings(ctx, s)
}

// probeFindings says what a store's server keeps: in one line what is as it should be,
// and in one each what is not.
func probeFindings(ctx context.Context, s store) []finding {
	p, ok := s.(prober)
	if !ok {
		return nil
	}
	traits, err := p.Probe(ctx)
	if err != nil {
		return []finding{{what: "store server", err: err}}
	}
	var good []string
	var rest []finding
	for _, t := range traits {
		if t.Kept {
			good = append(good, t.Name)
			continue
		}
		rest = append(rest, finding{what: "store server", detail: t.Name + ": " + t.Found, note: t.Means})
	}
	return append([]finding{{what: "store server keeps", detail: strings.Join(good, ", ")}}, rest...)
}

// maxLookups is how many ready articles without audio are looked for at most.
const maxLookups = 20

// maxChecked is how many ready articles doctor looks for in the store: a request for
// each of a hundred thousand would take many minutes.
const maxChecked = 1000

// missingAudio is what a comparison of the job records with the store has found.
type missingAudio struct {
	ready   int          // articles that should have audio
	checked int          // those of them that were looked for
	missing []lector.Job // those of these that have none, maxLookups at most
}

// checkFiles compares the job records with the store, where both are there.
func (a *app) checkFiles(ctx context.Context, c *config, running bool) (found []finding) {
	if c.NATS.URL == "" && !running {
		return nil
	}
	h := a.resources(c)
	h.log = a.logger(logConfig{Level: "error", Format: "text"})
	var closing error
	defer h.close(&closing)
	f := finding{what: "audio of ready articles"}
	conn, err := h.nats("doctor")
	if err != nil {
		return nil // the check of NATS says so
	}
	l, err := conn.JobStore(ctx)
	if err != nil {
		return nil
	}
	s, err := h.store(ctx)
	if err != nil {
		return nil
	}
	m, err := findMissingAudio(ctx, l, s)
	if f.err = err; err == nil {
		f.detail, f.err = m.detail(), m.error(c)
	}
	return []finding{f}
}

// findMissingAudio looks for maxChecked ready articles, chosen by lot where there are
// more, until so many are without audio that more say nothing new.
func findMissingAudio(ctx context.Context, l jobStore, s store) (m missingAudio, err error) {
	sample, ready, err := sampleReady(ctx, l, maxChecked)
	m.ready = ready
	for _, j := range sample {
		if err != nil || len(m.missing) == maxLookups {
			break
		}
		var lacks bool
		if lacks, err = worker.LacksFiles(ctx, l, s, j); lacks {
			m.missing = append(m.missing, j)
		}
		m.checked++
	}
	return m, err
}

// sampleReady returns so many of the articles that should have audio, each as likely as
// any other, and how many there are.
func sampleReady(ctx context.Context, l jobStore, size int) (sample []lector.Job, ready int, err error) {
	for j, err := range l.Jobs(ctx) {
		if err != nil {
			return nil, ready, err
		}
		if j.State != lector.Ready || j.Rendition == "" {
			continue
		}
		ready++
		if len(sample) < size {
			sample = append(sample, j)
		} else if at := rand.IntN(ready); at < size {
			sample[at] = j
		}
	}
	return sample, ready, nil
}

// detail says what is there, and how far that is known.
func (m missingAudio) detail() string {
	if m.checked < m.ready {
		return fmt.Sprintf("is in the store: %d of %d were looked for", m.checked, m.ready)
	}
	return "is in the store"
}

// error says what is missing, and what mends it.
func (m missingAudio) error(c *config) error {
	switch {
	case len(m.missing) == 0:
		return nil
	case len(m.missing) == m.checked:
		return missingAudioError(m.checked, c)
	}
	var names, ids []string
	for _, j := range m.missing {
		names, ids = append(names, j.Site+" "+j.Article), append(ids, j.ID)
	}
	return lector.Hint(fmt.Errorf("%s ready, and the store %s lacks files of theirs: %s", articlesAre(len(m.missing)), c.storeName(), strings.Join(names, ", ")),
		"make them again with lector replay %s; with -plan it says what of their text is paid for again", strings.Join(ids, " "))
}

// countMissingAudio returns how many articles should have audio and have none, when
// none of those that were checked has any; otherwise 0.
func countMissingAudio(ctx context.Context, l jobStore, s store) (ready int, err error) {
	for j, err := range l.Jobs(ctx) {
		if err != nil {
			return 0, err
		}
		if j.State != lector.Ready || j.Rendition == "" {
			continue
		}
		there, err := worker.HasFiles(ctx, s, j)
		if there || err != nil {
			return 0, err
		}
		if ready++; ready == maxLookups {
			break
		}
	}
	return ready, nil
}

// missingAudioError is for a store without the audio of any ready article, which
// is likely not the store that the jobs were done with.
func missingAudioError(ready int, c *config) error {
	return lector.Hint(fmt.Errorf("%s ready, and the store %s has the audio of none", articlesAre(ready), c.storeName()),
		"is it another store than before? lector store copy moves the files of the old one; without them each article must be "+
			"replayed, and its text is paid for again")
}

func articlesAre(n int) string {
	switch n {
	case 1:
		return "1 article is"
	case maxLookups:
		return fmt.Sprintf("%d articles or more are", n)
	}
	return fmt.Sprintf("%d articles are", n)
}

// warnOfMissingAudio logs, when serve has started, that the store lacks the audio of
// ready articles. On a NATS server of its own a worker may lack the right to read
// all records: there lector doctor reports it.
func (s *server) warnOfMissingAudio(ctx context.Context) {
	if s.broker == nil {
		return
	}
	ready, err := countMissingAudio(ctx, s.jobs, s.store)
	if err != nil {
		s.log.Warn("the job records could not be compared with the store", "error", err)
		return
	}
	if ready > 0 {
		err := missingAudioError(ready, s.config)
		s.log.Error("audio is missing", "error", err, "hint", lector.HintOf(err))
	}
}

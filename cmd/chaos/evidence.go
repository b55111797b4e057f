package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"lector"
)

// evidence is all that the checker judges, gathered when everything is at rest.
type evidence struct {
	histories []*history
	jobs      map[string]job       // by key
	public    map[string]rendition // by key
	ready     []ready
	last      map[string]string // type of the newest announcement, by key
	letters   []stored
	bad       []badEvent
	refused   map[string]bool // markers of bad events that the broker did not take
	meter     bill            // before the ledger was read: all of it must be there
	most      int             // characters that the voice had billed when the ledger had been read
	ledger    usage
	remains   []remain
	struck    map[int]bool // processes of workers that were killed or frozen
}

// rendition is what listeners get of an article.
type rendition struct {
	pointer
	fault string // why the audio is not what the manifest says
}

// ready is one announcement that audio is there.
type ready struct {
	key, id, revision string
	mp3               string // its address, which has the rendition's hash
	at                time.Time
}

// gather asks everybody. Each part is asked again until it answers.
func (l *lab) gather(ctx context.Context, histories []*history) (e evidence, err error) {
	e = evidence{histories: histories, public: map[string]rendition{}, meter: l.meter.total(), struck: l.struck()}
	if e.jobs, err = l.jobs(ctx); err != nil {
		return e, err
	}
	if e.ledger, err = l.cost(ctx); err != nil {
		return e, err
	}
	e.most = l.meter.total().billed()
	if e.letters, err = l.broker.read(ctx, "DEADLETTER"); err != nil {
		return e, err
	}
	announced, err := l.broker.read(ctx, "AUDIO")
	if err != nil {
		return e, err
	}
	e.ready, e.last = readyIn(announced), lastTypes(announced)
	if e.remains, err = l.findDeleted(ctx, histories); err != nil {
		return e, err
	}
	inspected := 0
	for _, h := range histories {
		if e.public[h.key()], err = l.listen(ctx, h, inspected < 5); err != nil {
			return e, err
		}
		if e.public[h.key()].there {
			inspected++
		}
	}
	return e, nil
}

// struck returns the processes of workers that faults have killed or frozen.
func (l *lab) struck() map[int]bool {
	all := map[int]bool{}
	for _, c := range l.workers {
		for _, pid := range c.strikes() {
			all[pid] = true
		}
	}
	return all
}

// readyIn returns the announcements that audio is there.
func readyIn(all []stored) (found []ready) {
	for _, m := range all {
		var a struct{ Revision, MP3 string }
		if headerOf(m.header, "ce-type") != lector.AudioReady || json.Unmarshal(m.data, &a) != nil {
			continue
		}
		found = append(found, ready{keyOf(m.subject), headerOf(m.header, "ce-id"), a.Revision, a.MP3, m.at})
	}
	return found
}

// lastTypes returns the type of each article's newest announcement, by its key.
func lastTypes(all []stored) map[string]string {
	last := map[string]string{}
	for _, m := range all {
		last[keyOf(m.subject)] = headerOf(m.header, "ce-type")
	}
	return last
}

// keyOf is the article's key in the subject of an audio event.
func keyOf(subject string) string { return subject[strings.LastIndexByte(subject, '.')+1:] }

// listen fetches an article as a listener does and compares its bytes with its
// manifest; inspect also has lector inspect measure it.
func (l *lab) listen(ctx context.Context, h *history, inspect bool) (r rendition, err error) {
	if r.pointer, err = fetchPointer(ctx, l.public, h); err != nil || !r.there {
		return r, err
	}
	status, mp3, err := get(ctx, audioOf(l.public, r.manifest))
	if err != nil {
		return r, err
	}
	sum := sha256.Sum256(mp3)
	switch m := r.manifest; {
	case status != http.StatusOK:
		r.fault = fmt.Sprintf("status %d", status)
	case int64(len(mp3)) != m.Bytes:
		r.fault = fmt.Sprintf("%d bytes of %d", len(mp3), m.Bytes)
	case hex.EncodeToString(sum[:]) != m.SHA256:
		r.fault = "another SHA-256"
	case inspect:
		r.fault, err = l.inspect(ctx, mp3, m)
	}
	return r, err
}

// inspect compares what lector inspect finds in an MP3 with its manifest.
func (l *lab) inspect(ctx context.Context, mp3 []byte, m lector.Manifest) (fault string, err error) {
	file := filepath.Join(l.dir, "inspected.mp3")
	if err := os.WriteFile(file, mp3, 0o644); err != nil {
		return "", err
	}
	out, err := l.lector(ctx, "inspect", "-json", file)
	if err != nil {
		return "", err
	}
	var found struct {
		Duration   float64
		Disclosure string
		Problems   []any
	}
	if err := json.Unmarshal(out, &found); err != nil {
		return "", fmt.Errorf("lector inspect: %w", err)
	}
	const frame = 0.024 // seconds
	switch d := found.Duration - m.Duration; {
	case d > frame || d < -frame:
		return fmt.Sprintf("%.3f s of %.3f", found.Duration, m.Duration), nil
	case len(found.Problems) > 0:
		return fmt.Sprintf("problems: %v", found.Problems), nil
	case found.Disclosure == "":
		return "no disclosure", nil
	}
	return "", nil
}

// decodeAll reads a JSON list, or one value a line.
func decodeAll[T any](data []byte) (all []T, err error) {
	text := strings.TrimSpace(string(data))
	if strings.HasPrefix(text, "[") || text == "null" {
		return all, json.Unmarshal([]byte(text), &all)
	}
	d := json.NewDecoder(strings.NewReader(text))
	for d.More() {
		var one T
		if err := d.Decode(&one); err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, nil
}

// again asks until there is an answer, or ctx ends.
func again[T any](ctx context.Context, ask func(context.Context) (T, error)) (T, error) {
	for {
		got, err := ask(ctx)
		if err == nil {
			return got, nil
		}
		if stop := pause(ctx, time.Second); stop != nil {
			return got, errors.Join(stop, err)
		}
	}
}

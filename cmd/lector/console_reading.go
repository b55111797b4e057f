package main

import (
	"context"
	"errors"
	"slices"

	"lector"
	"lector/publisher/console"
	"lector/worker"
	"lector/worker/extract"
	"lector/worker/script"
)

// reading lays an article beside what is read of it, and compares that with the public
// audio.
func (s *server) reading(ctx context.Context, j lector.Job) (console.Reading, error) {
	a, err := s.readArticle(ctx, j)
	if err != nil {
		return console.Reading{}, err
	}
	now, err := s.worker.Reading(ctx, a)
	if err != nil {
		return console.Reading{}, unreadable(err)
	}
	public, err := readManifest(ctx, s.store, lector.PointerKey(j.Site, j.ID))
	if errors.Is(err, lector.ErrNotFound) {
		return readingBeside(now, nil), nil
	}
	return readingBeside(now, &public), err
}

// readingBeside orders blocks as they are written, what is read besides before them.
func readingBeside(now worker.Reading, public *lector.Manifest) console.Reading {
	r := console.Reading{Voice: now.Voice, Public: public != nil}
	said := slices.Clone(now.Script.Segments)
	for _, b := range now.Page.Blocks {
		block := console.Block{Kind: b.Kind, Written: b.Text, Rule: b.Rule, ID: b.ID, Fixed: !extract.CanSwitchOff(b.ID)}
		at := slices.IndexFunc(said, func(s script.Segment) bool { return b.Keep && s.Path == b.Path && s.Source == b.Text })
		if at >= 0 {
			block.Spoken = said[at].Text
			said = slices.Delete(said, at, at+1)
		}
		r.Blocks = append(r.Blocks, block)
	}
	var besides []console.Block
	for _, s := range said {
		besides = append(besides, console.Block{Kind: s.Kind, Written: s.Source, Spoken: s.Text, Rule: s.Rule})
	}
	r.Blocks = slices.Concat(besides, r.Blocks)
	if public != nil {
		markPublic(&r, public.Segments)
	}
	return r
}

// markPublic marks what the public audio has, and names what it has beyond that.
func markPublic(r *console.Reading, public []lector.Segment) {
	left := slices.Clone(public)
	for i := range r.Blocks {
		b := &r.Blocks[i]
		if b.Spoken == "" {
			continue
		}
		at := slices.IndexFunc(left, func(s lector.Segment) bool { return s.Text == b.Spoken })
		if at < 0 {
			b.Changed = true
			continue
		}
		b.Clips, b.New = left[at].Clips, !left[at].Reused
		left = slices.Delete(left, at, at+1)
	}
	for _, s := range left {
		r.Gone = append(r.Gone, s.Text)
	}
}

// jobEvent reads the event that a job works on.
func (s *server) jobEvent(ctx context.Context, j lector.Job) (lector.EventMessage, error) {
	return s.conn.EventMessage(ctx, lector.JobRef{Site: j.Site, ID: j.ID}, j.Sequence)
}

// renditions reads the manifests of a job's public rendition and of the one before it.
func (s *server) renditions(ctx context.Context, j lector.Job) (r console.Renditions, err error) {
	public, err := readManifest(ctx, s.store, lector.PointerKey(j.Site, j.ID))
	if err != nil {
		return r, err
	}
	r.Public = &public
	if len(public.PreviousRenditions) == 0 {
		return r, nil
	}
	before, err := readManifest(ctx, s.store, lector.Prefix(j.Site, j.ID)+public.PreviousRenditions[0].Hash+".manifest.json")
	if err != nil {
		return r, err
	}
	r.Before = &before
	return r, nil
}

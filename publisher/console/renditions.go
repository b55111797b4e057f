package console

import (
	"context"
	"errors"

	"lector"
)

// Renditions are the manifests of an article's public rendition and of the one before it,
// nil where there is none or it is no longer kept.
type Renditions struct{ Public, Before *lector.Manifest }

// revisionChange is what the public rendition reads beside what the one before it read.
type revisionChange struct {
	Renditions
	Difference difference
	Unknown    error // why nothing is known
}

// revisionChange compares the renditions of a job.
func (k *console) revisionChange(ctx context.Context, j lector.Job) (c revisionChange) {
	if j.Rendition == "" {
		return c
	}
	c.Renditions, c.Unknown = k.Renditions(ctx, j)
	if errors.Is(c.Unknown, lector.ErrNotFound) {
		c.Unknown = nil
	}
	if c.Public != nil && c.Before != nil {
		c.Difference = compareScripts(transcript(*c.Before), transcript(*c.Public))
	}
	return c
}

// transcript returns the sentences of a rendition as they are spoken.
func transcript(m lector.Manifest) (all []string) {
	for _, segment := range m.Segments {
		for _, s := range segment.Sentences {
			all = append(all, s.Text)
		}
	}
	return all
}

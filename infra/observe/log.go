package observe

import (
	"context"
	"log/slog"

	"lector"
)

// JobHandler returns a handler whose lines say which job and which trace they belong to,
// where their context does: site, job, article, revision, attempt and trace.
func JobHandler(h slog.Handler) slog.Handler { return jobHandler{h} }

type jobHandler struct{ slog.Handler }

// Handle implements slog.Handler.
func (h jobHandler) Handle(ctx context.Context, r slog.Record) error {
	if j, found := lector.JobLogOf(ctx); found {
		r.AddAttrs(slog.String("site", j.Site), slog.String("job", j.Job), slog.String("article", j.Article),
			slog.String("revision", j.Revision), slog.Int("attempt", j.Attempt))
	}
	if trace := lector.TraceOf(ctx).ID(); trace != "" {
		r.AddAttrs(slog.String("trace", trace))
	}
	return h.Handler.Handle(ctx, r)
}

// WithAttrs implements slog.Handler.
func (h jobHandler) WithAttrs(all []slog.Attr) slog.Handler {
	return jobHandler{h.Handler.WithAttrs(all)}
}

// WithGroup implements slog.Handler.
func (h jobHandler) WithGroup(name string) slog.Handler { return jobHandler{h.Handler.WithGroup(name)} }

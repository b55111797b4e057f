package lector

import (
	"context"
	"sync/atomic"
)

// JobLog is what each log line of a job says of it.
type JobLog struct {
	Site, Job, Article, Revision string

	attempt atomic.Int64
}

// Began notes the number of the attempt that is under way. A nil l notes nothing.
func (l *JobLog) Began(attempt int) {
	if l != nil {
		l.attempt.Store(int64(attempt))
	}
}

// Attempt is the number of the attempt under way; 0: none has begun.
func (l *JobLog) Attempt() int { return int(l.attempt.Load()) }

type jobLogKey struct{}

// WithJobLog returns a context whose log lines are of a job.
func WithJobLog(ctx context.Context, l *JobLog) context.Context {
	return context.WithValue(ctx, jobLogKey{}, l)
}

// JobLogOf returns the job that ctx works on, or nil.
func JobLogOf(ctx context.Context) *JobLog {
	l, _ := ctx.Value(jobLogKey{}).(*JobLog)
	return l
}

package observe

import (
	"context"
	"errors"
	"time"

	"lector"
)

// Call counts a call to a voice by what it came to. billed are the characters that
// the voice states.
func (m *Metrics) Call(voice string, billed int, err error, took time.Duration) {
	m.calls.WithLabelValues(voice, callOutcome(billed, err)).Inc()
	m.callDuration.WithLabelValues(voice).Observe(took.Seconds())
}

// Unfit counts an answer that is paid for and useless.
func (m *Metrics) Unfit(voice string) { m.unfit.WithLabelValues(voice).Inc() }

// DecodersDiffer counts a clip of a new voice that two decoders decode differently.
func (m *Metrics) DecodersDiffer(voice string) { m.decodersDiffer.WithLabelValues(voice).Inc() }

// callOutcomes are all that callOutcome may answer.
var callOutcomes = []string{"ok", "throttled", "refused", "rejected", "truncated", "unanswered", "down", "cancelled"}

// callOutcome names what a call came to.
func callOutcome(billed int, err error) string {
	class := lector.ClassOf(err)
	switch {
	case err == nil:
		return "ok"
	case errors.Is(err, context.Canceled):
		return "cancelled"
	case billed > 0:
		return "truncated"
	case class == lector.ClassVoiceRefused:
		return "refused"
	case class == lector.ClassQuota:
		return "throttled"
	case lector.IsPermanent(err):
		return "rejected"
	case lector.IsUnanswered(err):
		return "unanswered"
	}
	return "down"
}

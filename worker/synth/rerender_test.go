package synth

import (
	"strings"
	"testing"

	"lector"
)

// TestRefusalIsSaidOnce: the text is refused again in parts, and each time the limit
// says for what; its reader sees the cause once.
func TestRefusalIsSaidOnce(t *testing.T) {
	t.Parallel()
	l := newRerenderLimit([]Chunk{{Text: "A text."}}, 0)
	cause := lector.Hint(unfitError{"it ends too early", true}, "look at the server")
	err := l.exceeded(cause)
	for range 5 {
		err = l.exceeded(lector.Permanent(err))
	}
	if n := strings.Count(err.Error(), "re-rendering stops"); n != 1 || strings.Count(err.Error(), "too early") != 1 {
		t.Errorf("said %d times: %v", n, err)
	}
	if hint := lector.HintOf(err); strings.Count(hint, "rerender_limit") != 1 || !strings.HasPrefix(hint, "look at the server") {
		t.Errorf("hint %q", hint)
	}
	if !lector.IsPermanent(err) {
		t.Errorf("%v is not permanent", err)
	}
}

// TestRefusalOfAVoiceIsSaidOnce has all of the wrappers that say a text again.
func TestRefusalOfAVoiceIsSaidOnce(t *testing.T) {
	t.Parallel()
	v := &fake{answer: func(_ int, u lector.Utterance) (lector.Speech, error) {
		return lector.Speech{Characters: len(u.Text)}, unfitError{Reason: "it hums"}
	}}
	chunks, _ := article(200, 210)
	r := Synthesizer{Voice: RetrySplit(Retry(LimitRerendering(v), RetryPolicy{}), 3, nil), Clips: &memory{}, RerenderLimit: 1}
	_, err := r.Synthesize(t.Context(), nil, chunks, nil, nil)
	if err == nil || strings.Count(err.Error(), "it hums") != 1 || strings.Count(err.Error(), "re-rendering stops") != 1 {
		t.Errorf("%v", err)
	}
}

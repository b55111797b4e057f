package synth

import (
	"context"

	"lector"
)

// Checker looks at a clip before anybody pays attention to it. It returns nil
// for a good one; an Unfit error for one that another rendering may mend; a
// permanent error for a voice that is set up wrongly.
type Checker func(ctx context.Context, mp3 []byte, u lector.Utterance, caps lector.Capabilities) error

// Check returns v with each of its answers checked. What an unfit clip cost is
// told with its error.
func Check(v Voice, c Checker) Voice { return checked{v, c} }

type checked struct {
	Voice
	check Checker
}

func (c checked) Speak(ctx context.Context, u lector.Utterance) (lector.Speech, error) {
	s, err := c.Voice.Speak(ctx, u)
	if err != nil {
		return s, err
	}
	// It is paid for, so it is judged even if its article was given back meanwhile.
	if err := c.check(context.WithoutCancel(ctx), s.MP3, u, c.Capabilities()); err != nil {
		return lector.Speech{Characters: s.Characters, RequestID: s.RequestID}, err
	}
	return s, nil
}

// InTurn returns c with at most n checks at once over all who use it. A check
// is work for a processor: more at once would not end sooner, and keep those
// waiting who only want to begin their next call.
func InTurn(n int, c Checker) Checker {
	free := make(chan struct{}, n)
	return func(ctx context.Context, mp3 []byte, u lector.Utterance, caps lector.Capabilities) error {
		free <- struct{}{} // what it waits for is short
		defer func() { <-free }()
		return c(ctx, mp3, u, caps)
	}
}

// Unfit says what is wrong with a clip that decodes to something else than the
// text read once in a steady voice.
type Unfit struct {
	Reason string
	Short  bool // it ends before its text does, and nothing else is wrong
}

// Error states the reason.
func (u Unfit) Error() string { return "unfit clip: " + u.Reason }

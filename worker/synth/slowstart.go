package synth

import "context"

// StartSlowly has the account's first call made alone, and lets one more run at once with
// each clip that is made (slow start). It is for an article at which a worker was lost: if
// the next is lost too, few calls are open then, which may be billed and heard by nobody.
// It is called before the first call.
func (a *Account) StartSlowly() {
	a.window = newCallQueue(1)
	a.usage.SlowStart = true
}

// startsSlowly reports whether StartSlowly was called.
func (a *Account) startsSlowly() bool { return a != nil && a.window != nil }

// acquirePlace waits until a further chunk may be made. It returns the reason when ctx
// ends first.
func (a *Account) acquirePlace(ctx context.Context) error {
	if !a.startsSlowly() {
		return nil
	}
	return a.window.acquire(ctx, a)
}

// releasePlace gives a chunk's place back, and a second one if its clip was made in this
// attempt.
func (a *Account) releasePlace(c Clip) {
	switch {
	case !a.startsSlowly():
	case c.State == Synthesized:
		a.window.release(2)
	default:
		a.window.release(1)
	}
}

package system

import (
	"bytes"
	"context"
	"fmt"
	"os/exec"
	"strings"
	"time"

	"lector/infra/environ"
)

// program is one way to speak.
type program interface {
	name() string
	describe(ctx context.Context, t tool, voice string) (description, error)
	speak(ctx context.Context, t tool, r request) (wav []byte, err error)
}

// request is one text for a program.
type request struct {
	text     string
	voice    string  // as described; may be empty
	language string  // primary subtag; may be empty
	speed    float64 // 1 is the voice's own pace
}

// description is what a program tells of itself.
type description struct {
	version, voice, normalise string
	languages                 []string // primary subtags
}

func programs() []program { return []program{flite{}, espeak{}, say{}} }

// tool is a program on this machine.
type tool struct {
	path string
	env  []string // NAME=value, beside what every program gets
}

// runTimeout bounds one call of a program: a thousand characters take it a
// second or two of processor time.
const runTimeout = 2 * time.Minute

// outputDelay is how long the output is read of a program that has ended, or was killed:
// flite may be a script, and what it has started hold the output for ever.
const outputDelay = 10 * time.Second

// run starts a program with text on its standard input and returns what it
// prints. It is killed when ctx ends or when it takes longer than any speech
// does; its error ends with the last line of its standard error.
func (t tool) run(ctx context.Context, stdin string, args ...string) ([]byte, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, runTimeout, fmt.Errorf("not done within %v", runTimeout))
	defer cancel()
	var out, stderr bytes.Buffer
	c := exec.CommandContext(ctx, t.path, args...)
	c.Env, c.WaitDelay = environ.Of(t.env...), outputDelay
	c.Stdin, c.Stdout, c.Stderr = strings.NewReader(stdin), &out, &stderr
	err := c.Run()
	switch {
	case err == nil:
		return out.Bytes(), nil
	case ctx.Err() != nil:
		return nil, context.Cause(ctx)
	}
	return out.Bytes(), fmt.Errorf("%w%s", err, lastLine(stderr.String()))
}

// lastLine returns the last line of s with a colon before it, or "".
func lastLine(s string) string {
	s = strings.TrimSpace(s)
	s = strings.TrimSpace(s[strings.LastIndexAny(s, "\r\n")+1:])
	if s == "" {
		return ""
	}
	return ": " + strings.ToValidUTF8(s, "?")
}

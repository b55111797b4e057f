package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"runtime"

	"lector"
)

// app is the program: its streams and its environment, so that a test can
// start the same thing that main starts.
type app struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	getenv         func(string) string
	cores          int                  // 0: what the runtime uses
	setThreads     func(int) (were int) // of the runtime; nil: they stay as they are, the process is not this program's alone
}

func newApp() *app {
	return &app{
		stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr, getenv: os.Getenv,
		cores: runtime.GOMAXPROCS(0), setThreads: runtime.GOMAXPROCS,
	}
}

// extraThreads is how many more threads run Go code than there are cores, where voices
// are called. Checking clips keeps as many threads busy as there are cores, and a runtime
// without a free one polls its network connections only every ten milliseconds: each step
// of each call to a voice would wait that long.
const extraThreads = 2

// addThreads has the runtime use extraThreads, unless the environment says how many.
func (a *app) addThreads() {
	if a.setThreads != nil && a.getenv("GOMAXPROCS") == "" {
		a.setThreads(a.cores + extraThreads)
	}
}

// usageError is a wrong use of the command line or the settings: exit code 2.
type usageError struct{ error }

// Unwrap returns what was wrong with the command line or the settings.
func (m usageError) Unwrap() error { return m.error }

func usageErrorf(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

// run finds the command, runs it and turns its error into an exit code.
func (a *app) run(ctx context.Context, args []string) int {
	err := a.dispatch(ctx, args)
	switch {
	case err == nil || errors.Is(err, flag.ErrHelp):
		return 0
	case errors.As(err, new(usageError)):
		a.printError(err)
		return 2
	default:
		a.printError(err)
		return 1
	}
}

func (a *app) printError(err error) {
	fmt.Fprintln(a.stderr, "lector:", err)
	if hint := lector.HintOf(err); hint != "" {
		fmt.Fprintln(a.stderr, "  hint:", hint)
	}
}

func (a *app) dispatch(ctx context.Context, args []string) error {
	if len(args) == 0 {
		return a.help(ctx, nil)
	}
	name := args[0]
	switch name {
	case "-h", "-help", "--help":
		return a.help(ctx, nil)
	case "-version", "--version":
		name = "version"
	}
	c, ok := findCommand(name)
	if !ok {
		return unknownCommandError(name)
	}
	return c.run(a, ctx, args[1:])
}

func unknownCommandError(name string) error {
	return usageError{lector.Hint(unknownError("command", name), "%s", suggestion(name))}
}

// flags returns a flag set for the named command whose -h prints its help.
func (a *app) flags(name string) *flag.FlagSet {
	fs := flag.NewFlagSet(name, flag.ContinueOnError)
	fs.SetOutput(io.Discard) // parse reports the error itself
	fs.Usage = func() {}
	return fs
}

// parse reads the flags, which may stand before, between or behind the
// operands, and returns the operands. A lone "-" is an operand and everything
// behind "--" is one.
func (a *app) parse(fs *flag.FlagSet, args []string) ([]string, error) {
	var operands []string
	for {
		err := fs.Parse(args)
		if errors.Is(err, flag.ErrHelp) {
			a.usage(fs)
			return nil, err
		}
		if err != nil {
			return nil, usageError{lector.Hint(err, "see lector %s -h", fs.Name())}
		}
		rest := fs.Args()
		if len(rest) == 0 {
			return operands, nil
		}
		if n := len(args) - len(rest); n > 0 && args[n-1] == "--" {
			return append(operands, rest...), nil
		}
		operands, args = append(operands, rest[0]), rest[1:]
	}
}

// parseFlags is parse for commands that take no operands: one that is passed
// over in silence was meant for something.
func (a *app) parseFlags(fs *flag.FlagSet, args []string) error {
	operands, err := a.parse(fs, args)
	if err == nil && len(operands) > 0 {
		err = usageError{lector.Hint(fmt.Errorf("%s takes no operand: what is %q?", fs.Name(), operands[0]), "see lector %s -h", fs.Name())}
	}
	return err
}

func (a *app) usage(fs *flag.FlagSet) {
	c, _ := findCommand(fs.Name())
	fmt.Fprintf(a.stdout, "Usage: lector %s %s\n\n%s\n", c.name, c.args, c.help)
	hasFlags := false
	fs.VisitAll(func(*flag.Flag) { hasFlags = true })
	if hasFlags {
		fmt.Fprintln(a.stdout, "\nFlags:")
		fs.SetOutput(a.stdout)
		fs.PrintDefaults()
		fs.SetOutput(io.Discard)
	}
}

package main

import (
	"bufio"
	"errors"
	"fmt"
	"strings"

	"lector"
)

// errDeclined is the answer no.
var errDeclined = errors.New("nothing was changed")

// errUnasked is the answer where nobody is there to give one.
var errUnasked = usageError{lector.Hint(errors.New("nobody can be asked here, so nothing was changed"),
	"say -yes to do it, or -plan to see only what would be done")}

// confirm asks at the terminal and returns nil for a yes. Where nobody can answer
// it refuses: a script says -yes.
func (a *app) confirm(question string) error {
	if !isTerminal(a.stdin) {
		return errUnasked
	}
	return a.ask(question)
}

func (a *app) ask(question string) error {
	fmt.Fprintf(a.stderr, "%s [y/N] ", question)
	answer, err := bufio.NewReader(a.stdin).ReadString('\n')
	if err != nil && answer == "" { // a device that is no terminal
		return errUnasked
	}
	switch strings.ToLower(strings.TrimSpace(answer)) {
	case "y", "yes":
		return nil
	}
	return errDeclined
}

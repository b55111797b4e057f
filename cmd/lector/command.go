package main

import (
	"context"
	"fmt"
	"strings"
	"text/tabwriter"
)

// command is one word after "lector".
type command struct {
	name, args, summary string
	help                string // what -h says above the flags; examples are welcome
	run                 func(a *app, ctx context.Context, args []string) error
}

// commands returns the table, in the order in which help shows it.
func commands() []command {
	return []command{
		{"help", "[COMMAND]", "this list, or a command's own help", "Lists the commands, or explains one.", (*app).help},
		{"config", "", "the effective settings", configHelp, (*app).config},
		{"version", "", "what is installed", "Prints the version, the commit and the Go release.", (*app).version},
	}
}

func find(name string) (command, bool) {
	for _, c := range commands() {
		if c.name == name {
			return c, true
		}
	}
	return command{}, false
}

func (a *app) help(ctx context.Context, args []string) error {
	if len(args) > 0 {
		if c, ok := find(args[0]); ok && c.name != "help" {
			return c.run(a, ctx, []string{"-h"})
		}
		if args[0] != "help" && args[0] != "-h" {
			return misused("unknown command %q", args[0])
		}
	}
	fmt.Fprint(a.stdout, "lector turns every article a newsroom publishes into audio.\n\nUsage: lector COMMAND [flags]\n\n")
	w := tabwriter.NewWriter(a.stdout, 0, 0, 2, ' ', 0)
	for _, c := range commands() {
		fmt.Fprintf(w, "  %s\t%s\n", c.name, c.summary)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	fmt.Fprint(a.stdout, "\nlector COMMAND -h explains one command. Start with: lector demo\n")
	return nil
}

// suggestion names the command that was probably meant.
func suggestion(name string) string {
	for _, c := range commands() {
		if len(name) > 1 && (strings.HasPrefix(c.name, name) || strings.HasPrefix(name, c.name)) {
			return "did you mean lector " + c.name + "?"
		}
	}
	return "lector help lists the commands"
}

package main

import (
	"bytes"
	"os"
	"regexp"
	"strings"
	"testing"
)

var (
	documented = regexp.MustCompile(`(?m)^go run \./cmd/chaos ([^#\n]*)`)
	makeValue  = regexp.MustCompile(`\b(CHAOS_[A-Z]+)=`)
)

// TestDocumentedCommands runs the commands of docs/reliability.md, but for the
// chaos itself: each prints its plan. What make is given must be known to it.
func TestDocumentedCommands(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../docs/reliability.md")
	if err != nil {
		t.Fatal(err)
	}
	commands := documented.FindAllSubmatch(page, -1)
	if len(commands) < 3 {
		t.Errorf("the page has %d commands", len(commands))
	}
	for _, c := range commands {
		args := strings.Fields(strings.ReplaceAll(string(c[1]), `"`, ""))
		var out, errs bytes.Buffer
		if code := run(t.Context(), append(args, "-plan"), &out, &errs); code != 0 || errs.Len() > 0 || out.Len() == 0 {
			t.Errorf("%s: exit %d, %s", c[1], code, errs.Bytes())
		}
	}
	makefile, err := os.ReadFile("../../Makefile")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range makeValue.FindAllSubmatch(page, -1) {
		if !regexp.MustCompile(`(?m)^` + string(m[1]) + ` *\?=`).Match(makefile) {
			t.Errorf("make knows no %s", m[1])
		}
	}
}

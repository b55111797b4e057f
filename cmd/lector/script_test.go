package main

import (
	"os"
	"os/exec"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestMain lets the test binary be the lector that the scripts call.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"lector": main})
}

// TestScripts runs the program as a user does, from testdata/*.txtar. A script
// that needs a program says so in its first line, as in [!exec:flite] skip.
func TestScripts(t *testing.T) {
	t.Parallel()
	root, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:                "testdata",
		RequireUniqueNames: true,
		Setup: func(e *testscript.Env) error {
			e.Setenv("ROOT", root)
			return nil
		},
		Condition: func(cond string) (bool, error) {
			if cond == "voice" {
				return hasVoice(), nil
			}
			return false, nil
		},
	})
}

// hasVoice reports whether the system can speak here.
func hasVoice() bool {
	for _, program := range []string{"flite", "lame"} {
		if _, err := exec.LookPath(program); err != nil {
			return false
		}
	}
	return true
}

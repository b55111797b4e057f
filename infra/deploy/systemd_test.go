package deploy_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestUnit asks systemd whether it can read the unit: a misspelt line is only
// a warning to it, and so must be none here.
func TestUnit(t *testing.T) {
	t.Parallel()
	analyze, err := exec.LookPath("systemd-analyze")
	if err != nil {
		t.Skip("SKIPPED, no systemd-analyze here; install it by: apt-get install systemd")
	}
	content, err := os.ReadFile("lector.service")
	if err != nil {
		t.Fatal(err)
	}
	here, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	unit := strings.ReplaceAll(string(content), "/usr/local/bin/lector", here)
	for _, test := range []struct {
		name, unit string
		good       bool
	}{
		{"as it is", unit, true},
		{"misspelt", strings.Replace(unit, "PrivateTmp=", "PrivateTemp=", 1), false},
	} {
		file := filepath.Join(t.TempDir(), "lector.service")
		if err := os.WriteFile(file, []byte(test.unit), 0o600); err != nil {
			t.Fatal(err)
		}
		out, err := exec.CommandContext(t.Context(), analyze, "verify", "--man=no", file).CombinedOutput()
		if good := err == nil && len(out) == 0; good != test.good {
			t.Errorf("%s: %v\n%s", test.name, err, out)
		}
	}
}

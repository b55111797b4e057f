package environ

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// A program that is started so sees what is listed, and nothing else.
func TestOf(t *testing.T) { //nolint:paralleltest // it sets the environment
	for name, value := range map[string]string{
		"HOME": "/home/reader", "LANG": "uk_UA.UTF-8", "TMPDIR": "/tmp",
		"AWS_SECRET_ACCESS_KEY": "hunter2", "LECTOR_NATS_PASSWORD": "hunter2", "LC_ALL": "C", "LD_PRELOAD": "",
	} {
		t.Setenv(name, value)
	}
	path, err := exec.LookPath("env")
	if err != nil {
		t.Skipf("no env: %v", err)
	}
	c := exec.Command(path)
	c.Env = Of("MODEL=/models/x", "HOME=/elsewhere")
	out, err := c.Output()
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for line := range strings.Lines(string(out)) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		names = append(names, name)
		if name == "HOME" && value != "/elsewhere" {
			t.Errorf("HOME is %s", value)
		}
	}
	slices.Sort(names)
	if want := []string{"HOME", "LANG", "MODEL", "PATH", "TMPDIR"}; !slices.Equal(names, want) {
		t.Errorf("got %v", names)
	}
}

func TestWhatIsNotSetStaysSo(t *testing.T) {
	t.Setenv("TMPDIR", "")
	if got := Of(); !slices.Contains(got, "TMPDIR=") {
		t.Errorf("an empty one: %v", got)
	}
}

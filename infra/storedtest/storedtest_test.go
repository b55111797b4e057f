package storedtest

import (
	"encoding/json"
	"slices"
	"testing"
	"time"
)

type part struct {
	Name string `json:"name"`
	At   time.Time
}

type record struct {
	Parts  []part         `json:"parts"`
	Counts map[string]int `json:"counts"`
	One    *part
	Three  [3]int
	Share  float64
	Yes    bool
	Hidden int `json:"-"`
}

// TestFieldThatIsLostIsNamed: each field of a sample is set, comes back, and is named
// when it does not.
func TestFieldThatIsLostIsNamed(t *testing.T) {
	t.Parallel()
	var want, got record
	Fill(&want)
	data, err := json.Marshal(want)
	if err == nil {
		err = json.Unmarshal(data, &got)
	}
	if err != nil || want.Hidden != 0 || want.Parts[0].Name == "" || want.One.At.IsZero() || want.Three[2] == 0 || !want.Yes {
		t.Fatalf("%+v, %v", want, err)
	}
	if d := differences(got, want); len(d) > 0 {
		t.Errorf("differences %v", d)
	}
	got.Parts[0].Name, got.Counts, got.One.At, got.Three[1] = "", nil, got.One.At.Add(time.Second), 9
	if d := differences(got, want); !slices.Equal(d, []string{".Parts.Name", ".Counts", ".One.At", ".Three"}) {
		t.Errorf("differences %v", d)
	}
	got.Parts = nil
	if d := differences(got, want); !slices.Contains(d, ".Parts") {
		t.Errorf("differences %v", d)
	}
	if d := differences(got, want.One); len(d) != 1 {
		t.Errorf("of another type: %v", d)
	}
}

// reported is a test that only notes whether it has failed.
type reported struct {
	testing.TB
	failed bool
}

func (*reported) Helper() {}

func (r *reported) Errorf(string, ...any) { r.failed = true }

// TestReleasedFilesStay: what a released version has written is never written again.
func TestReleasedFilesStay(t *testing.T) {
	t.Parallel()
	f := Files{dir: t.TempDir(), version: "0.1.0"}
	check := func(data string, update bool) bool {
		r := &reported{TB: t}
		f.Check(r, "job.jsonl", []byte(data), update)
		return !r.failed
	}
	if check("a", false) || !check("a", true) || !check("a", false) || check("b", false) || !check("b", true) {
		t.Error("before the release")
	}
	f.released = true
	if !check("b", false) || check("c", true) || !check("b", true) {
		t.Error("after the release")
	}
	if data, there := f.Read(t, "0.1.0", "job.jsonl"); !there || string(data) != "b" {
		t.Errorf("the file is %q", data)
	}
	if _, there := f.Read(t, "0.0.9", "job.jsonl"); there {
		t.Error("an older version had the kind")
	}
}

func TestVersionOfTheChangelog(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]struct {
		version  string
		released bool
	}{
		"# Changelog\n\n## 0.1.0 (not released yet)\n\n## 0.0.9\n": {"0.1.0", false},
		"# Changelog\n\n## 0.1.0 - 2026-12-01\n":                   {"0.1.0", true},
	} {
		if version, released, err := current([]byte(text)); err != nil || version != want.version || released != want.released {
			t.Errorf("%q: %s %t, %v", text, version, released, err)
		}
	}
	if _, _, err := current([]byte("# Changelog\n")); err == nil {
		t.Error("no version is one")
	}
}

// Package storedtest keeps what each version writes into NATS and the store, and has
// today's code read all of it. The files of a version that is released are never
// written again.
package storedtest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// heading is that of a version in the changelog.
var heading = regexp.MustCompile(`(?m)^## (\d+\.\d+\.\d+)( \(not released yet\))?`)

// current returns the newest version of a changelog, and whether it is released.
func current(changelog []byte) (version string, released bool, err error) {
	found := heading.FindSubmatch(changelog)
	if found == nil {
		return "", false, errors.New("the changelog names no version")
	}
	return string(found[1]), len(found[2]) == 0, nil
}

// Files are the golden files of a package, a directory a version.
type Files struct {
	dir      string
	version  string // the newest of the changelog
	released bool
}

// Open opens the golden files in testdata/stored, for the version of a changelog.
func Open(t testing.TB, changelog string) Files {
	t.Helper()
	data, err := os.ReadFile(changelog)
	if err != nil {
		t.Fatal(err)
	}
	version, released, err := current(data)
	if err != nil {
		t.Fatal(err)
	}
	return Files{filepath.Join("testdata", "stored"), version, released}
}

// Check compares what this version writes with its golden file, or writes that file.
func (f Files) Check(t testing.TB, name string, data []byte, update bool) {
	t.Helper()
	path := filepath.Join(f.dir, f.version, name)
	was, err := os.ReadFile(path)
	switch {
	case err == nil && bytes.Equal(was, data):
	case update && !f.released:
		write(t, path, data)
	case f.released:
		t.Errorf("%s is released, and %s is written otherwise now: begin the next version in CHANGELOG.md", f.version, name)
	default:
		t.Errorf("%s is not what is written now (%v): run go generate here, which makes it anew", path, err)
	}
}

func write(t testing.TB, path string, data []byte) {
	t.Helper()
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, data, 0o644)); err != nil {
		t.Fatal(err)
	}
}

// Versions returns the versions that have files.
func (f Files) Versions(t testing.TB) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(f.dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	if !slices.Contains(names, f.version) {
		t.Errorf("there are no files of version %s: run go generate here", f.version)
	}
	return names
}

// Read returns the file of a version, and false where that version had no such kind.
func (f Files) Read(t testing.TB, version, name string) ([]byte, bool) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(f.dir, version, name))
	if errors.Is(err, fs.ErrNotExist) && version != f.version {
		return nil, false
	}
	if err != nil {
		t.Fatal(err)
	}
	return data, true
}

// Compare compares what was read of a version's file with the sample that it is made of.
// A field that the version did not have yet is named in its file newer.txt, as
// name.Field, and is zero then.
func (f Files) Compare(t testing.TB, version, name string, got, want any) {
	t.Helper()
	newer, err := os.ReadFile(filepath.Join(f.dir, version, "newer.txt"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	for _, path := range differences(got, want) {
		if field := strings.TrimSuffix(name, filepath.Ext(name)) + path; !slices.Contains(strings.Fields(string(newer)), field) {
			t.Errorf("%s of version %s: %s is lost in reading (if it is a new field, name it in newer.txt of that version)", name, version, field)
		}
	}
}

// Lines writes messages as JSON, one a line.
func Lines[T any](t testing.TB, messages []T) []byte {
	t.Helper()
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	for _, m := range messages {
		if err := encoder.Encode(m); err != nil {
			t.Fatal(fmt.Errorf("golden file: %w", err))
		}
	}
	return b.Bytes()
}

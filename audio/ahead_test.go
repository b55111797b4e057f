package audio

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// ahead holds what ffmpeg and ffprobe found out about many files in one process:
// to start them takes longer than to decode a clip. Where they had a word to say,
// nothing is kept, and each file is judged alone.
var ahead programs

type programs struct {
	decoded sync.Map // path: []int16
	seconds sync.Map // path: float64
}

// ffmpegInput names a file to ffmpeg.
func ffmpegInput(path string, trim bool) []string {
	if trim {
		return []string{"-i", path}
	}
	return []string{"-flags2", "skip_manual", "-i", path}
}

// decode decodes files that are alike, trimmed as they ask or not at all. What is said
// of parts alone does not count.
func (a *programs) decode(t *testing.T, paths []string, trim bool) {
	t.Helper()
	args, out := []string{"-v", "warning"}, t.TempDir()
	for _, path := range paths {
		args = append(args, ffmpegInput(path, trim)...)
	}
	for i := range paths {
		args = append(args, "-map", strconv.Itoa(i), "-f", "s16le", filepath.Join(out, strconv.Itoa(i)))
	}
	if _, errs := run(t, "ffmpeg", args...); trim && len(errs) > 0 {
		return
	}
	for i, path := range paths {
		b, err := os.ReadFile(filepath.Join(out, strconv.Itoa(i)))
		if err != nil {
			t.Fatal(err)
		}
		a.decoded.Store(path, samplesOf(b))
	}
}

// parts decodes the parts of plans, each alone, that have not been decoded yet.
func (a *programs) parts(t *testing.T, plans ...*Plan) {
	t.Helper()
	var paths []string
	for _, p := range plans {
		for _, s := range p.streams {
			path := alone(t, s, 0)
			_, waits := a.decoded.Load(path)
			_, err := os.Stat(filepath.Join(clips.dir, filepath.Base(path)+".ffmpeg"))
			if err != nil && !waits && !slices.Contains(paths, path) {
				paths = append(paths, path)
			}
		}
	}
	if len(paths) > 0 {
		a.decode(t, paths, false)
	}
}

// probe finds the durations of files of one rate: read one behind the other, each
// begins where ffprobe holds the one before to end.
func (a *programs) probe(t *testing.T, paths []string) {
	t.Helper()
	var list strings.Builder
	for _, path := range append(paths[:len(paths):len(paths)], paths[0]) {
		fmt.Fprintf(&list, "file '%s'\n", path)
	}
	name := filepath.Join(t.TempDir(), "list")
	if err := os.WriteFile(name, []byte(list.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	out, errs := run(t, "ffprobe", "-v", "warning", "-f", "concat", "-safe", "0", "-show_entries", "packet=pts,pos", "-of", "compact=p=0", name)
	if len(errs) > 0 {
		return
	}
	const second = 14112000 // the unit of time of ffmpeg's MP3 reader
	var begins []float64
	last := int64(1 << 62)
	for _, line := range strings.Split(string(out), "\n") {
		var pts, pos int64
		if n, _ := fmt.Sscanf(line, "pts=%d|pos=%d", &pts, &pos); n < 2 {
			continue
		}
		if pos < last {
			begins = append(begins, float64(pts)/second)
		}
		last = pos
	}
	if len(begins) != len(paths)+1 {
		t.Fatalf("ffprobe read %d of %d files", len(begins)-1, len(paths))
	}
	for i, path := range paths {
		a.seconds.Store(path, begins[i+1]-begins[i])
	}
}

// probe returns how long ffprobe holds a file to be, in seconds.
func probe(t *testing.T, path string) float64 {
	t.Helper()
	if known, ok := ahead.seconds.Load(path); ok {
		return known.(float64)
	}
	out, errs := run(t, "ffprobe", "-v", "warning", "-show_entries", "format=duration", "-of", "csv=p=0", path)
	seconds, err := strconv.ParseFloat(strings.TrimSpace(string(out)), 64)
	if err != nil || len(errs) > 0 {
		t.Errorf("ffprobe says %s %s", out, errs)
	}
	return seconds
}

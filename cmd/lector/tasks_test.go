package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
)

// task is a section of docs/tasks.md: what is there before its block is run, and what
// must hold behind it.
type task struct{ before, after string }

// The parts that several tasks have. Each ends where what it waits for never comes: the
// test has a limit.
const (
	// start is a lector at work, whose number is in lector.pid, and which has read an
	// article.
	start = `
fails() { if "$@"; then return 1; fi; } # a ! before a command has nothing end
export LECTOR_DATA=/var/lib/lector
lector serve &
echo $! >lector.pid
grep -q msg=ready <(tail -n +1 -f log)
`
	started = start + `
lector publish -id 4711 -wait article.html
spoken=$(wc -l <calls)
unset LECTOR_DATA
`
	// isPublic asks for the article in the data directory that the block has named.
	isPublic = `
until lector jobs list >jobs 2>&1; do :; done
lector why 4711 | grep 'its audio is public'
`
	// stopped takes the lector that the block has stopped out of the list of jobs.
	stopped = `
wait "$(cat lector.pid)" || true
`
)

// tasks are the sections, by their headings.
func tasks(t *testing.T) map[string]task {
	t.Helper()
	return map[string]task{
		"Install":       {"", isPublic},
		"Connect a CMS": {"", `lector connect ghost -site havana -url https://reader.example -key-file ghost-key | grep -i 'there'`},
		"Mend a pronunciation": {started, isPublic + `
[ "$(wc -l <calls)" -gt "$spoken" ]                            # it was spoken again
grep -rq 'har bore' data/store/a                               # and as it is to be said
lector replay -lexicon harbour -plan -json | grep '"billed": *0'   # all of it`},
		"Replay yesterday's failures": {`
printf 'sites: {havana: {language: en, include: {foreign: refuse}}}\n' >lector.yaml
printf '<p>Слава морю, сказав капітан, і вийшов на палубу.</p>\n' >foreign.html; cat article.html >>foreign.html
` + start + `
fails lector publish -id 4711 -wait foreign.html
lector jobs list -state failed | grep 4711
printf 'sites: {havana: {language: en, include: {foreign: skip}}}\n' >lector.yaml
grep -q 'settings read again and applied' <(tail -n +1 -f log)
unset LECTOR_DATA
`, isPublic},
		"Cap the budget": {started, `
grep -q 'settings read again and applied' <(tail -n +1 -f log)
sed -i 's/200000/10/' lector.yaml
grep -m 2 'settings read again and applied' <(tail -n +1 -f log) >seen
sed 's/harbour/lighthouse/g' article.html >another.html
lector publish -id capped another.html
until lector why capped | grep parked; do :; done
[ "$(wc -l <calls)" = "$spoken" ]                              # nothing was spoken beyond it`},
		"Add a worker": {`
export LECTOR_NATS_URL=nats://nats.internal:4222 LECTOR_PUBLIC_URL=https://audio.example
export LECTOR_STORE_KIND=s3 LECTOR_STORE_BUCKET=audio LECTOR_STORE_ENDPOINT=http://s3.internal:7070
export AWS_ACCESS_KEY_ID=… AWS_SECRET_ACCESS_KEY=… LECTOR_DATA=first
lector setup
lector worker &
first=$!
grep -q msg=ready <(tail -n +1 -f log)
export LECTOR_DATA=second
`, `
kill $first
wait $first || true
lector publish -id 4711 -wait article.html                     # the new one reads it
lector why 4711 | grep 'its audio is public'`},
		"Rotate a secret": {`
printf 'voices: {kokoro: {backend: openai, url: "` + keyedVoice(t, "second") + `", model: m, voice: v, languages: [en]}}\n' >lector.yaml
echo first >openai-key; echo second >new-key
export OPENAI_API_KEY_FILE=openai-key
` + start + `
fails lector voices test kokoro
lector publish -id 4711 article.html
until lector why 4711 | grep parked; do :; done
`, `
grep -q 'settings read again and applied' <(tail -n +1 -f log)
lector publish -id 4712 -wait article.html
until lector why 4711 | grep 'its audio is public'; do :; done`},
		"Move to S3": {started, stopped + isPublic + `
[ "$(wc -l <calls)" = "$spoken" ]                              # nothing was spoken again
rm -r data/store
lector publish -id 4712 -wait article.html                     # the clips are found in the bucket
[ "$(wc -l <calls)" = "$spoken" ]`},
		"Restore a backup": {started, isPublic + `
lector publish -id 4712 -wait article.html
[ "$(wc -l <calls)" = "$spoken" ]`},
		"Upgrade": {`mkdir new; ln -s "$(readlink lector)" new/lector
` + started, stopped + isPublic + `
[ "$(wc -l <calls)" = "$spoken" ]`},
	}
}

// TestTasks does what docs/tasks.md tells a reader to do, as it is printed.
func TestTasks(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../docs/tasks.md")
	if err != nil {
		t.Fatal(err)
	}
	all, found := tasks(t), map[string]bool{}
	for _, section := range strings.Split(string(page), "\n## ")[1:] {
		heading, rest, _ := strings.Cut(section, "\n")
		blocks := shellBlock.FindAllStringSubmatch(rest, -1)
		task, known := all[heading]
		switch {
		case !known && len(blocks) == 0:
			continue
		case !known || len(blocks) != 1:
			t.Errorf("%s: %d blocks, known: %v", heading, len(blocks), known)
			continue
		}
		found[heading] = true
		t.Run(heading, func(t *testing.T) {
			t.Parallel()
			runBlock(t, task.before+blocks[0][1]+task.after)
		})
	}
	if len(found) != 10 {
		t.Errorf("%d tasks of 10", len(found))
	}
}

// TestTableOfTasks holds that the manual names each task and its test.
func TestTableOfTasks(t *testing.T) {
	t.Parallel()
	manual, err := os.ReadFile("../../docs/operations.md")
	if err != nil {
		t.Fatal(err)
	}
	for heading := range tasks(t) {
		anchor := regexp.MustCompile(`[^a-z0-9-]`).ReplaceAllString(strings.ReplaceAll(strings.ToLower(heading), " ", "-"), "")
		row := fmt.Sprintf("| [%s](tasks.md#%s) | `TestTasks/%s` |", heading, anchor, strings.ReplaceAll(heading, " ", "_"))
		if !strings.Contains(string(manual), row) {
			t.Errorf("docs/operations.md has no row %s", row)
		}
	}
}

// keyedVoice is a speech server that speaks for one key only.
func keyedVoice(t *testing.T, key string) (address string) {
	t.Helper()
	var one sync.Mutex
	file := filepath.Join(t.TempDir(), "speech.wav")
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var asked struct{ Input string }
		if err := json.NewDecoder(r.Body).Decode(&asked); err != nil || r.Header.Get("Authorization") != "Bearer "+key {
			http.Error(w, `{"error":{"message":"Incorrect API key provided","code":"invalid_api_key"}}`, http.StatusUnauthorized)
			return
		}
		one.Lock()
		defer one.Unlock()
		mp3, err := exec.Command("sh", "-c", `flite -voice rms -t "$1" -o "$2" && lame --quiet -m m --resample 24 -b 48 --cbr --nores -t "$2" -`,
			"sh", asked.Input, file).Output()
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "audio/mpeg")
		_, _ = w.Write(mp3)
	}))
	t.Cleanup(s.Close)
	return s.URL
}

package console

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"lector"
)

// TestWorkers lists those that are there with what each reads now, and then those that read
// something and are not there.
func TestWorkers(t *testing.T) {
	t.Parallel()
	n, h := open(t)
	n.workers = []lector.WorkerPresence{{Name: "idle", Version: "v1", Started: now}, {Name: "busy", Version: "v2 " + markup, Started: now}}
	n.jobs = nil
	for i, worker := range []string{"busy", "gone", "busy", "done"} {
		n.jobs = append(n.jobs, lector.Job{
			ID: fmt.Sprint("job", i), Site: "havana", Title: fmt.Sprint("Article ", i), State: lector.Running,
			Attempts: []lector.Attempt{{Worker: "earlier"}, {Number: 2, Worker: worker, Started: now, Stage: lector.StageSynth}},
		})
	}
	n.jobs[3].State = lector.Ready
	page := ask(h, http.MethodGet, "/workers", nil).Body.String()
	var got []string
	for _, row := range regexp.MustCompile(`<tr data-key="(\w+)">.*</tr>`).FindAllStringSubmatch(page, -1) {
		gone := ""
		if strings.Contains(row[0], "does not say that it is there") {
			gone = " gone"
		}
		got = append(got, row[1]+gone+fmt.Sprint(regexp.MustCompile(`Article \d`).FindAllString(row[0], -1)))
	}
	want := []string{"idle[]", "busy[Article 0 Article 2]", "gone gone[Article 1]"}
	if !slices.Equal(got, want) || !strings.Contains(page, "3 workers, 3 articles are being read") || strings.Contains(page, markup) {
		t.Errorf("%q, want %q in %s", got, want, page)
	}
	n.workers, n.jobs = nil, nil
	if page := ask(h, http.MethodGet, "/workers", nil).Body.String(); !strings.Contains(page, "No worker is there") {
		t.Errorf("without any: %s", page)
	}
	_, h = openWith(t, func(c *Config) {
		c.Workers = func(context.Context) ([]lector.WorkerPresence, error) { return nil, errors.New("NATS is away") }
	})
	if w := ask(h, http.MethodGet, "/workers", nil); w.Code != http.StatusServiceUnavailable || !strings.Contains(w.Body.String(), "NATS is away") {
		t.Errorf("without NATS: %d %s", w.Code, w.Body)
	}
}

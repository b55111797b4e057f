package console

import (
	"net/http"
	"strings"
	"testing"
)

// TestJobShowsWhatHasChanged: the sentences of both renditions side by side, where both
// are there.
func TestJobShowsWhatHasChanged(t *testing.T) {
	t.Parallel()
	n, h := open(t)
	page := ask(h, http.MethodGet, "/jobs/havana/"+n.jobs[0].ID, nil).Body.String()
	for _, want := range []string{"1 added, 1 removed, 2 kept", "<del>Two &lt;script", "<ins>Three &lt;script", "<td>One.</td><td>One.</td>", "45 new; 40 characters billed"} {
		if !strings.Contains(page, want) {
			t.Errorf("no %q in %.6000s", want, page[strings.Index(page, "<main"):])
		}
	}
	for _, j := range n.jobs[1:3] {
		if page := ask(h, http.MethodGet, "/jobs/havana/"+j.ID, nil).Body.String(); strings.Contains(page, "<ins>") {
			t.Errorf("%s shows a change that nobody knows", j.ID)
		}
	}
	n.jobs[0].Rendition = ""
	if page := ask(h, http.MethodGet, "/jobs/havana/"+n.jobs[0].ID, nil).Body.String(); strings.Contains(page, "<ins>") {
		t.Error("a job without audio shows a change")
	}
}

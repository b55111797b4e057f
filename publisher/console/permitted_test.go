package console

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"lector"
)

// posts are the forms of a page that change something.
var posts = regexp.MustCompile(`<form[^>]*method="post" action="([^"]*)"`)

// TestNothingIsOfferedThatIsRefused sends each form of each page with each role that is
// offered it, and counts what is not offered.
func TestNothingIsOfferedThatIsRefused(t *testing.T) {
	t.Parallel()
	offered := map[lector.Role]int{}
	for _, role := range lector.Roles() {
		n, h := open(t)
		n.pauses = []lector.Pause{{Kind: lector.PauseLane, Name: "backfill"}}
		for _, target := range pagesOf(n) {
			page := askAs(h, httptest.NewRequest(http.MethodGet, "http://127.0.0.1:9090"+target, nil), role).Body.String()
			for _, form := range posts.FindAllStringSubmatch(page, -1) {
				offered[role]++
				w := askAs(h, httptest.NewRequest(http.MethodPost, "http://127.0.0.1:9090"+strings.ReplaceAll(form[1], "&amp;", "&"), nil), role)
				if w.Code == http.StatusForbidden || w.Code == http.StatusNotFound {
					t.Errorf("%s offers %s to %s: %d", target, form[1], role, w.Code)
				}
			}
		}
	}
	if offered[lector.RoleView] != 0 || offered[lector.RoleReplay] < 7 {
		t.Errorf("offered: %v", offered)
	}
}

// pagesOf are the pages of a newsroom.
func pagesOf(n *newsroom) []string {
	return []string{
		"/jobs", "/jobs/havana/" + n.jobs[0].ID, "/replay?state=failed", "/deadletters", "/deadletters/7", "/deadletters/8", "/pauses", "/coverage", "/audit",
		"/jobs/havana/" + n.jobs[0].ID + "/reading", "/jobs/havana/" + n.jobs[0].ID + "/rule?rule=cookie.words", "/voices", "/voices/sample?site=havana&text=a", "/lexicon", "/lexicon/entry?match=Lviv&alias=Leviiv",
	}
}

package console

import (
	"net/http"
	"strings"

	"lector"
)

// menuItem is a page that each page links.
type menuItem struct {
	Name, Address string
	Current       bool // the page, or one below it, is what is shown
}

// failedJobs is the address of what is looked at most.
const failedJobs = "/jobs?state=failed"

// menu returns the pages that a role may look at.
func menu(r *http.Request, role lector.Role) []menuItem {
	items := []menuItem{
		{Name: "Jobs", Address: "/jobs"}, {Name: "Failed", Address: failedJobs}, {Name: "Coverage", Address: "/coverage"},
		{Name: "Dead letters", Address: "/deadletters"}, {Name: "Workers", Address: "/workers"}, {Name: "Voices", Address: "/voices"}, {Name: "Lexicon", Address: "/lexicon"},
		{Name: "Pauses", Address: "/pauses"}, {Name: "Listening", Address: "/listening"},
	}
	if role.May(lector.RoleAdmin) {
		items = append(items, menuItem{Name: "Audit", Address: "/audit"})
	}
	shown, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	if r.URL.RequestURI() == failedJobs {
		shown = strings.TrimPrefix(failedJobs, "/")
	}
	for i, item := range items {
		items[i].Current = item.Address == "/"+shown
	}
	return items
}

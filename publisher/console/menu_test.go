package console

import (
	"net/http/httptest"
	"testing"

	"lector"
)

func TestMenuMarksWhatIsShown(t *testing.T) {
	t.Parallel()
	for target, want := range map[string]string{
		"/jobs": "Jobs", "/jobs?state=failed": "Failed", "/jobs?state=failed&site=havana": "Jobs", "/jobs/havana/a": "Jobs", "/lexicon/entry?match=a": "Lexicon",
		"/audit": "Audit", "/workers": "Workers", "/why?q=a": "", "/": "",
	} {
		marked := ""
		for _, item := range menu(httptest.NewRequest("GET", target, nil), lector.RoleAdmin) {
			if item.Current {
				marked += item.Name
			}
		}
		if marked != want {
			t.Errorf("%s marks %q, want %q", target, marked, want)
		}
	}
	for _, item := range menu(httptest.NewRequest("GET", "/audit", nil), lector.RoleReplay) {
		if item.Name == "Audit" {
			t.Error("the audit is offered to who may not look at it")
		}
	}
}

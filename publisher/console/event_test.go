package console

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"unicode/utf8"

	"lector"
)

// TestEventOfAJob shows each kind of event, as far as anybody may see it, and hands it out
// whole.
func TestEventOfAJob(t *testing.T) {
	t.Parallel()
	n, h := open(t)
	for i, c := range []struct {
		wanted, hidden string
		kept           int // status of the whole
	}{
		{`{
  &#34;title&#34;: &#34;&lt;script&gt;`, "no text", http.StatusOK},
		{"what its event says of it is not shown", `&#34;title&#34;`, http.StatusNotFound},
		{"Its data is no text: 2 bytes", "<pre", http.StatusOK},
		{"is no longer kept there", "<pre", http.StatusNotFound},
		{"What the event says is not known: NATS is away", "<pre", http.StatusServiceUnavailable},
		{"no JSON тут", "\uFFFD", http.StatusOK},
	} {
		path := jobPath("havana", n.jobs[i].ID)
		page := ask(h, http.MethodGet, path, nil).Body.String()
		if !strings.Contains(page, c.wanted) || strings.Contains(page, c.hidden) || len(page) > 100<<10 || strings.Contains(page, "<script>") {
			t.Errorf("%d: no %q, or %q, in %d bytes: %.3000s", i, c.wanted, c.hidden, len(page), page)
		}
		w := ask(h, http.MethodGet, path+"/event", nil)
		if w.Code != c.kept {
			t.Errorf("%d as a file: %d", i, w.Code)
		}
		if m, _ := n.event(t.Context(), n.jobs[i]); c.kept == http.StatusOK && w.Body.String() != string(m.Data) {
			t.Errorf("%d as a file: %d of %d bytes", i, w.Body.Len(), len(m.Data))
		}
	}
	w := ask(h, http.MethodGet, jobPath("havana", n.jobs[0].ID)+"/event", nil)
	if got := w.Header().Get("Content-Type") + w.Header().Get("Content-Disposition") + w.Header().Get("X-Content-Type-Options"); got != `application/octet-streamattachment; filename="event-7.json"nosniff` {
		t.Errorf("a browser may show it: %s", got)
	}
	w = httptest.NewRecorder()
	if h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "http://127.0.0.1:9090"+jobPath("havana", n.jobs[0].ID)+"/event", nil)); w.Code != http.StatusForbidden {
		t.Errorf("to a stranger: %d", w.Code)
	}
}

func TestDataThatIsCutIsText(t *testing.T) {
	t.Parallel()
	data := []byte("x" + strings.Repeat("ж", shownData))
	v := newDataView(data)
	if !utf8.ValidString(v.Text) || len(v.Text)+v.LeftOut != len(data) || v.LeftOut == 0 || v.Binary {
		t.Errorf("%d bytes of text, %d left out of %d", len(v.Text), v.LeftOut, len(data))
	}
	if v := newDataView(nil); v != (dataView{}) {
		t.Errorf("of nothing: %+v", v)
	}
}

// TestJobLinksWhatIsPublic: the files of the public rendition, and none where there is none.
func TestJobLinksWhatIsPublic(t *testing.T) {
	t.Parallel()
	n, h := open(t)
	first, files := n.jobs[0], "https://files.example/"+lector.Prefix("havana", n.jobs[0].ID)
	page := ask(h, http.MethodGet, jobPath("havana", first.ID), nil).Body.String()
	for _, link := range []string{files + "manifest.json", files + "b.mp3", files + "b.vtt", "https://reader.example/embed/havana/article%2F0"} {
		if !strings.Contains(page, `href="`+link+`"`) {
			t.Errorf("no link to %s", link)
		}
	}
	n.jobs[0].Rendition = ""
	if page = ask(h, http.MethodGet, jobPath("havana", first.ID), nil).Body.String(); strings.Contains(page, files) || strings.Contains(page, "Public files") {
		t.Error("links to what is not public")
	}
}

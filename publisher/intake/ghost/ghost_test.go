package ghost_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"lector"
	"lector/publisher/intake"
	"lector/publisher/intake/ghost"
	"lector/publisher/intake/strip"
)

var sent = time.Date(2026, 11, 28, 12, 0, 0, 123e6, time.UTC)

// event is what becomes of a webhook's body.
func event(t *testing.T, body string) (lector.ArticleEvent, error) {
	t.Helper()
	var kept bytes.Buffer
	if err := strip.Copy(&kept, strings.NewReader(body), ghost.Source{}.Keep()); err != nil {
		t.Fatal(err)
	}
	return ghost.Source{}.Event(intake.Delivery{Site: "havana", Time: sent, Body: kept.Bytes()})
}

func TestEvents(t *testing.T) {
	t.Parallel()
	const at = `"updated_at":"2026-11-28T11:59:00.000Z"`
	state := func(status string) string {
		return `{"id":"65a","status":"` + status + `","visibility":"public",` + at + `}`
	}
	for name, test := range map[string]struct {
		event, current, previous string
		want                     lector.EventType // empty: nothing to do
	}{
		"published":                 {"post.published", state("published"), `{"status":"draft"}`, lector.Published},
		"page published":            {"page.published", state("published"), `{}`, lector.Published},
		"edited":                    {"post.published.edited", state("published"), `{"html":"<p>x</p>"}`, lector.Updated},
		"tag":                       {"post.tag.attached", state("published"), `{"tags":[]}`, lector.Updated},
		"draft edited":              {"post.edited", state("draft"), `{"html":"x"}`, ""},
		"draft added":               {"post.added", state("draft"), `{}`, ""},
		"sent by e-mail only":       {"post.published", state("sent"), `{"status":"draft"}`, ""},
		"unpublished":               {"post.unpublished", state("draft"), `{"status":"published"}`, lector.Unpublished},
		"unpublished by deleting":   {"post.unpublished", `{}`, `{"id":"65a",` + at + `}`, lector.Unpublished},
		"deleted":                   {"post.deleted", `{}`, `{"id":"65a",` + at + `}`, lector.Deleted},
		"page deleted":              {"page.deleted", `{}`, `{"id":"65a"}`, lector.Deleted},
		"scheduled":                 {"post.scheduled", state("scheduled"), `{"status":"draft"}`, lector.Scheduled},
		"rescheduled":               {"post.rescheduled", state("scheduled"), `{"published_at":"2026-11-29T00:00:00.000Z"}`, lector.Scheduled},
		"no longer scheduled":       {"post.unscheduled", state("draft"), `{"status":"scheduled"}`, lector.Unpublished},
		"no event, published":       {"", state("published"), `{"status":"draft"}`, lector.Published},
		"no event, edited":          {"", state("published"), `{"title":"x"}`, lector.Updated},
		"no event, unpublished":     {"", state("draft"), `{"status":"published"}`, lector.Unpublished},
		"no event, deleted":         {"", `{}`, `{"id":"65a"}`, lector.Deleted},
		"no event, draft edited":    {"", state("draft"), `{"title":"x"}`, ""},
		"no event, scheduled":       {"", state("scheduled"), `{"status":"draft"}`, lector.Scheduled},
		"published after the event": {"post.scheduled", state("published"), `{}`, lector.Updated},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			kind, _, _ := strings.Cut(test.event+"post", ".")
			if kind != "page" {
				kind = "post"
			}
			e, err := event(t, `{"event":"`+test.event+`","`+kind+`":{"current":`+test.current+`,"previous":`+test.previous+`}}`)
			if test.want == "" {
				if !errors.Is(err, intake.ErrIgnored) {
					t.Errorf("%+v, %v", e, err)
				}
				return
			}
			if err != nil || e.Type != test.want || e.Article.ID != "65a" || e.Article.UpdatedAt.IsZero() {
				t.Errorf("%+v, %v", e, err)
			}
		})
	}
}

// post is as the Admin API and webhooks say it, but for what is not wanted.
const post = `{"id":"65a","uuid":"u","title":"Storm Inés","slug":"storm","html":"<p>Rain.</p>","plaintext":"Rain.","status":"published",
	"visibility":"public","url":"https://reader.example/storm/","custom_excerpt":"It rains.","excerpt":"Rain.","feature_image":"https://reader.example/a.jpg",
	"published_at":"2026-11-28T10:00:00.000+02:00","updated_at":"2026-11-28T11:59:00.000Z","authors":[{"name":"Ana","email":"ana@reader.example"},{"name":"Bo"}],
	"primary_tag":{"name":"Weather","slug":"weather"},"tags":[{"name":"Weather"},{"name":"#breaking"}]}`

func TestArticle(t *testing.T) {
	t.Parallel()
	var p ghost.Post
	if err := json.Unmarshal([]byte(post), &p); err != nil {
		t.Fatal(err)
	}
	want := lector.Article{
		Site: "havana", ID: "65a", URL: "https://reader.example/storm/", Title: "Storm Inés", Subtitle: "It rains.", Authors: []string{"Ana", "Bo"},
		Section: "Weather", Tags: []string{"Weather", "#breaking"}, PublishedAt: time.Date(2026, 11, 28, 8, 0, 0, 0, time.UTC),
		UpdatedAt: time.Date(2026, 11, 28, 11, 59, 0, 0, time.UTC), Visibility: lector.Public,
		Body: lector.Body{ContentType: lector.HTML, Content: "<p>Rain.</p>"}, Image: "https://reader.example/a.jpg",
	}
	got := p.Article("havana")
	got.PublishedAt = got.PublishedAt.UTC()
	if !reflect.DeepEqual(got, want) || !p.IsPublic() {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	e, err := event(t, `{"event":"post.published","post":{"current":`+post+`,"previous":{}}}`)
	e.Article.PublishedAt = e.Article.PublishedAt.UTC()
	if err != nil || !reflect.DeepEqual(e.Article, want) {
		t.Errorf("by webhook %+v, %v", e.Article, err)
	}
}

// Text that is not for everybody leaves Ghost no further than its editor has cut it.
func TestWhatIsNotPublic(t *testing.T) {
	t.Parallel()
	const html = "<p>Free.</p><!--members-only--><p>Paid.</p>"
	for visibility, want := range map[string]struct {
		visibility lector.Visibility
		body       string
	}{
		"public":  {lector.Public, html},
		"members": {lector.Members, "<p>Free.</p><!--members-only-->"},
		"paid":    {lector.Paid, "<p>Free.</p><!--members-only-->"},
		"tiers":   {lector.Paid, "<p>Free.</p><!--members-only-->"},
		"":        {lector.Paid, "<p>Free.</p><!--members-only-->"},
		"novel":   {lector.Paid, "<p>Free.</p><!--members-only-->"},
	} {
		a := ghost.Post{ID: "1", HTML: html, Visibility: visibility}.Article("havana")
		if a.Visibility != want.visibility || a.Body.Content != want.body {
			t.Errorf("%q: %+v", visibility, a)
		}
	}
	if a := (ghost.Post{ID: "1", HTML: "<p>Paid.</p>", Visibility: "paid"}).Article("havana"); a.Body.Content != "" {
		t.Errorf("without a cut: %q", a.Body.Content)
	}
}

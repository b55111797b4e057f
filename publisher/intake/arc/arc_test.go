package arc_test

import (
	"bytes"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"lector"
	"lector/publisher/intake"
	"lector/publisher/intake/arc"
	"lector/publisher/intake/strip"
)

func event(t *testing.T, body string) (lector.ArticleEvent, error) {
	t.Helper()
	var kept bytes.Buffer
	if err := strip.Copy(&kept, strings.NewReader(body), arc.Source{}.Keep()); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(kept.String(), "UNWANTED") {
		t.Errorf("kept %s", kept.String())
	}
	return arc.Source{}.Event(intake.Delivery{Site: "havana", SiteURL: "https://reader.example", Body: kept.Bytes()})
}

const story = `{"_id":"ABC","type":"story","version":"0.10.9","headlines":{"basic":"Storm <i>Ana</i> &amp; rain","mobile":"UNWANTED"},"subheadlines":{"basic":"It rains."},
	"canonical_url":"/weather/2026/storm/","language":"en","first_publish_date":"2026-11-28T10:00:00Z","last_updated_date":"2026-11-28T11:00:00.123Z",
	"credits":{"by":[{"type":"author","name":"Ana Ruiz","additional_properties":{"original":{"email":"UNWANTED"}}}]},
	"taxonomy":{"primary_section":{"_id":"/weather","name":"Weather"},"tags":[{"text":"Rain","slug":"rain"}]},
	"promo_items":{"basic":{"type":"image","url":"https://reader.example/a.jpg","caption":"UNWANTED"}},
	"content_restrictions":{"content_code":"CODE"},"owner":{"name":"UNWANTED"},
	"content_elements":[
		{"_id":"1","type":"text","content":"Rain &amp; <b>wind</b>."},
		{"type":"header","level":3,"content":"Later"},
		{"type":"image","url":"https://reader.example/b.jpg","caption":"UNHEARD"},
		{"type":"interstitial_link","content":"UNHEARD","url":"https://reader.example/c"},
		{"type":"raw_html","content":"<div>UNHEARD</div>"},
		{"type":"table","header":[{"type":"text","content":"UNWANTED"}]},
		{"type":"list","list_type":"ordered","items":[{"type":"text","content":"One."},{"type":"list","list_type":"unordered","items":[{"type":"text","content":"Two."}]}]},
		{"type":"quote","subtype":"blockquote","content_elements":[{"type":"text","content":"Three."}]},
		{"type":"quote","subtype":"pullquote","content_elements":[{"type":"text","content":"UNHEARD"}]},
		{"type":"divider"},
		{"type":"correction","content":"It was Monday."},
		{"type":"custom_embed","embed":{"config":{"x":"UNWANTED"}}}]}`

func envelope(key, body string) string {
	return `{"version":2,"key":"` + key + `","typeId":1,"time":null,"uuid":"","currentUserId":"UNWANTED","body":` + body + `}`
}

func TestStory(t *testing.T) {
	t.Parallel()
	e, err := event(t, envelope("story:first-publish", strings.Replace(story, "CODE", "free", 1)))
	want := lector.Article{
		Site: "havana", ID: "ABC", URL: "https://reader.example/weather/2026/storm/", Title: "Storm Ana & rain", Subtitle: "It rains.", Authors: []string{"Ana Ruiz"},
		Section: "Weather", Tags: []string{"Rain"}, Language: "en", PublishedAt: time.Date(2026, 11, 28, 10, 0, 0, 0, time.UTC),
		UpdatedAt: time.Date(2026, 11, 28, 11, 0, 0, 123e6, time.UTC), Visibility: lector.Public, Image: "https://reader.example/a.jpg",
		Body: lector.Body{ContentType: lector.HTML, Content: "<p>Rain &amp; <b>wind</b>.</p>\n<h3>Later</h3>\n<ol>\n<li>One.</li>\n<ul>\n<li>Two.</li>\n</ul>\n</ol>\n" +
			"<blockquote><p>Three.</p>\n</blockquote>\n<hr>\n<p>Correction: It was Monday.</p>\n"},
	}
	if err != nil || e.Type != lector.Published || !reflect.DeepEqual(e.Article, want) {
		t.Errorf("%v %s\ngot  %+v\nwant %+v", err, e.Type, e.Article, want)
	}
	e, err = event(t, envelope("story:update", strings.Replace(story, "CODE", "metered", 1)))
	if err != nil || e.Article.Visibility != lector.Paid || e.Article.Body.Content != "" {
		t.Errorf("metered: %v %+v", err, e.Article)
	}
}

func TestKeys(t *testing.T) {
	t.Parallel()
	const published = `{"_id":"ABC","type":"story","first_publish_date":"2026-11-28T10:00:00Z","last_updated_date":"2026-11-28T11:00:00Z"}`
	for name, test := range map[string]struct {
		key, body string
		want      lector.EventType
		ignored   bool
	}{
		"published":   {"story:first-publish", published, lector.Published, false},
		"updated":     {"story:update", published, lector.Updated, false},
		"republished": {"story:republish", published, lector.Updated, false},
		"unpublished": {"story:unpublish", published, lector.Unpublished, false},
		"deleted":     {"story:delete", `{"_id":"ABC"}`, lector.Deleted, false},
		"draft":       {"story:update", `{"_id":"ABC","type":"story","first_publish_date":null}`, "", true},
		"gallery":     {"story:update", `{"_id":"ABC","type":"gallery"}`, "", true},
		"unknown key": {"image:update", published, "", false},
		"no id":       {"story:update", `{"type":"story"}`, "", false},
		"no body":     {"story:update", `null`, "", false},
	} {
		e, err := event(t, envelope(test.key, test.body))
		if e.Type != test.want || (err == nil) != (test.want != "") || errors.Is(err, intake.ErrIgnored) != test.ignored {
			t.Errorf("%s: %s, %v", name, e.Type, err)
		}
	}
}

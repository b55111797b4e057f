package nats

import (
	"encoding/base64"
	"slices"
	"testing"

	"lector"
)

func TestIgnoredFields(t *testing.T) {
	t.Parallel()
	const data = `{"site":"havana","id":"1","kicker":"K"}`
	const head = `{"specversion":"1.0","id":7,"source":"s","type":"lector.article.deleted.v1","time":null,"lane":"breaking","Lane":"x"`
	for name, event := range map[string]string{
		"data":        head + `,"data":` + data + `}`,
		"data_base64": head + `,"data_base64":"` + base64.StdEncoding.EncodeToString([]byte(data)) + `"}`,
	} {
		found, err := IgnoredFields([]byte(event))
		var got []string
		for _, f := range found {
			got = append(got, f.Path)
		}
		if want := []string{"Lane", "data.kicker"}; err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: %q, %v, want %q", name, got, err, want)
		}
	}
	if _, err := IgnoredFields([]byte("no JSON")); err == nil {
		t.Error("no JSON: no error")
	}
}

// A lane that does not exist counts as normal, and is told.
func TestNoLane(t *testing.T) {
	t.Parallel()
	for lane, want := range map[string]lector.ArticleEvent{
		"urgent":   {NoLane: "urgent"},
		"Breaking": {NoLane: "Breaking"},
		"breaking": {Lane: lector.Breaking},
		"normal":   {},
		"":         {},
	} {
		e, err := DecodeEvent([]byte(`{"specversion":"1.0","id":"a","source":"s","type":"lector.article.deleted.v1","lane":"` + lane + `","data":{"site":"havana","id":"1"}}`))
		if err != nil || e.Lane != want.Lane || e.NoLane != want.NoLane {
			t.Errorf("%q: lane %q, no lane %q, %v", lane, e.Lane, e.NoLane, err)
		}
	}
}

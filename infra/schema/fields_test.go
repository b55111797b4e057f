package schema

import (
	"slices"
	"testing"
)

func TestUnknownFields(t *testing.T) {
	t.Parallel()
	for data, want := range map[string][]string{
		`{"site":"havana","id":"1","body":{"content_type":"text/plain","content":"It rains."}}`:         nil,
		`{"site":"havana","Title":"T","kicker":null,"body":{"html":"<p>","content_type":"text/plain"}}`: {"Title", "body.html", "kicker"},
		`{"body":null,"authors":["Ann"],"image":{"src":"a"}}`:                                           nil,
		`[]`:      nil,
		`no JSON`: nil,
	} {
		found, err := UnknownFields([]byte(data))
		var got []string
		for _, f := range found {
			got = append(got, f.Path)
		}
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: %q, %v, want %q", data, got, err, want)
		}
	}
}

// An unknown field is told which there may be beside it.
func TestUnknownFieldKnows(t *testing.T) {
	t.Parallel()
	found, err := UnknownFields([]byte(`{"body":{"html":"<p>"}}`))
	if err != nil || len(found) != 1 || found[0].Name() != "html" || !slices.Contains(found[0].Known, "content_type") {
		t.Errorf("%+v, %v", found, err)
	}
}

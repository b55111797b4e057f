package lector

import (
	"encoding/json"
	"strings"
	"testing"
)

// formerManifest is as an older build stored it, with a field that only a later
// one knows.
const formerManifest = `{"site":"s","key":"k","hash":"h","characters":{"billed":1,"reused":2,"unknown":3},` +
	`"history":[{"revision":"1","hash":"g"}],"later":7,"segments":[{"kind":"notice","text":"x"},{"kind":"title"}]}`

func TestFormerManifestIsRead(t *testing.T) {
	t.Parallel()
	m, err := ReadManifest([]byte(formerManifest))
	if err != nil || m.Usage != (Usage{1, 2, 3}) || m.Segments[0].Kind != SpokenDisclosure || m.Segments[1].Kind != Title {
		t.Errorf("%+v, %v", m, err)
	}
	if len(m.PreviousRenditions) != 1 || m.PreviousRenditions[0].Hash != "g" {
		t.Errorf("previous renditions %+v", m.PreviousRenditions)
	}
	data, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	again, err := ReadManifest(data)
	if err != nil || again.Usage != m.Usage || strings.Contains(string(data), "characters") {
		t.Errorf("%s, %v", data, err)
	}
}

func TestRenameManifestFields(t *testing.T) {
	t.Parallel()
	var fields map[string]json.RawMessage
	if err := json.Unmarshal([]byte(formerManifest), &fields); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := RenameManifestFields(fields); err != nil {
			t.Fatal(err)
		}
		got, err := json.Marshal(fields)
		want := `{"hash":"h","key":"k","later":7,"previous_renditions":[{"revision":"1","hash":"g"}],` +
			`"segments":[{"kind":"disclosure","text":"x"},{"kind":"title"}],"site":"s","usage":{"billed":1,"reused":2,"unknown":3}}`
		if err != nil || string(got) != want {
			t.Errorf("%s, %v; want %s", got, err, want)
		}
	}
}

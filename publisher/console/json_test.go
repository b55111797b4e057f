package console

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestIndentJSON(t *testing.T) {
	t.Parallel()
	const data = ` {"id":"a,{\"}\\", "tags" :[1,true,null],"none":{ },"empty":[],"in":{"a":[[]]}} `
	want := &bytes.Buffer{}
	if err := json.Indent(want, []byte(strings.TrimSpace(data)), "", "  "); err != nil {
		t.Fatal(err)
	}
	if text, leftOut := indentJSON([]byte(data), 1<<20); text != want.String() || leftOut != 0 {
		t.Errorf("%s\nwant %s\n%d left out", text, want, leftOut)
	}
	if text, leftOut := indentJSON([]byte(`["тут"]`), 6); text != "[\n  \"т" || leftOut != len(`ут"]`) {
		t.Errorf("cut: %q, %d left out", text, leftOut)
	}
}

// TestIndentedJSONIsBounded has JSON of which an indented text would be gigabytes.
func TestIndentedJSONIsBounded(t *testing.T) {
	t.Parallel()
	const deep, most = 9000, 16 << 10
	data := strings.Repeat("[", deep) + strings.Repeat("1,", 400_000) + "1" + strings.Repeat("]", deep)
	if !json.Valid([]byte(data)) {
		t.Fatal("this is no JSON")
	}
	text, leftOut := indentJSON([]byte(data), most)
	if len(text) > most+2*maxIndent+utf8.UTFMax || leftOut == 0 {
		t.Errorf("%d bytes, %d left out", len(text), leftOut)
	}
}

func FuzzIndentJSON(f *testing.F) {
	f.Add([]byte(`{"a":"b\"c\\","d":[1,[],{}]}`), 9)
	f.Fuzz(func(t *testing.T, data []byte, most int) {
		if !json.Valid(data) {
			return
		}
		text, leftOut := indentJSON(data, len(data)*(2*maxIndent+3))
		said, wanted := &bytes.Buffer{}, &bytes.Buffer{}
		if err := json.Compact(wanted, data); err != nil {
			t.Fatal(err)
		}
		if err := json.Compact(said, []byte(text)); err != nil || leftOut != 0 || said.String() != wanted.String() {
			t.Errorf("%s of %s: %v, %d left out", text, data, err, leftOut)
		}
		if start, _ := indentJSON(data, most); !strings.HasPrefix(text, start) || len(start) > max(0, most)+2*maxIndent+utf8.UTFMax {
			t.Errorf("the first %d bytes of %s are %s", most, data, start)
		}
	})
}

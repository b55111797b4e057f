package strip_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"lector/publisher/intake/strip"
)

var keep = strip.Keep{"a": nil, "o": {"x": nil, "deep": {"y": nil}}, "list": {"name": nil}}

func TestCopy(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`{"a":1,"b":2}`: `{"a":1}`,
		` { "b" : [ { "a" : 1 } ] , "a" : "x" } `:                                 `{"a":"x"}`,
		`{"o":{"x":true,"z":{"x":1},"deep":{"y":[1,2.5e-3,null],"n":0}}}`:         `{"o":{"x":true,"deep":{"y":[1,2.5e-3,null]}}}`,
		`{"list":[{"name":"Ana","email":"ana@reader.example"},{"name":"Bo"},{}]}`: `{"list":[{"name":"Ana"},{"name":"Bo"},{}]}`,
		`{"a":{"x":1}}`:                     `{"a":{}}`,
		`{"o":7}`:                           `{"o":7}`,
		`{"\u0061":"\ud83d\ude00 \" \\ Ї"}`: `{"a":"\ud83d\ude00 \" \\ Ї"}`,
		`{"A":1,"a ":2}`:                    `{}`,
		`{"b":1,"b":2}`:                     `{}`,
		`[]`:                                `[]`,
		`{}`:                                `{}`,
		"null\n":                            `null`,
		`{"` + strings.Repeat("a", 5000) + `":1}`: `{}`,
	} {
		var out bytes.Buffer
		if err := strip.Copy(&out, iotest.OneByteReader(strings.NewReader(text)), keep); err != nil || out.String() != want {
			t.Errorf("%.60s: %q, %v", text, out.String(), err)
		}
	}
}

func TestCopyRefuses(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		``:                               "ends too early",
		`{"a":`:                          "a: the JSON text ends too early",
		`{"a":1`:                         "ends too early",
		`{"a":1} {}`:                     "behind the JSON text",
		"\ufeff{}":                       "no JSON value",
		`{"a":NaN}`:                      "no JSON value",
		`{"a":01}`:                       "no JSON value",
		`{"a":-}`:                        "no JSON value",
		`{"a":nul}`:                      "no JSON value",
		`{"a":1,"a":2}`:                  "a: stands twice",
		`{"o":{"x":1,"\u0078":2}}`:       "o.x: stands twice",
		`{"a":1,}`:                       "name of a member",
		`{"a" 1}`:                        "colon",
		`{"a":1 "b":2}`:                  "comma",
		`[1,]`:                           "no JSON value",
		`{"a":"` + "\x00" + `"}`:         "a: a string holds the control character 0x00",
		"{\"b\":\"\n\"}":                 "control character",
		`{"a":"` + "\xff" + `"}`:         "a: invalid UTF-8",
		`{"b":"` + "\xed\xa0\x80" + `"}`: "invalid UTF-8",
		`{"a":"\x"}`:                     "no escape",
		`{"a":"\u12g4"}`:                 "hexadecimal",
		`{a:1}`:                          "name of a member",
		`{"b":` + strings.Repeat("[", 10_000) + strings.Repeat("]", 10_000) + "}": "in each other",
		`{"a":` + strings.Repeat("1", 1000) + `}`:                                 "",
	} {
		var out bytes.Buffer
		err := strip.Copy(&out, strings.NewReader(text), keep)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.60q: got %q, %v, want %q", text, out.String(), err, want)
		}
	}
}

// What is not wanted costs no memory, and what is wanted stops at the writer's limit.
func TestCopyIsBounded(t *testing.T) {
	t.Parallel()
	part := strings.Repeat(`x\n`, 1<<20)
	long := func(name string) io.Reader {
		return io.MultiReader(strings.NewReader(`{"`+name+`":"`), strings.NewReader(part), strings.NewReader(part), strings.NewReader(`"}`))
	}
	allocated := testing.Benchmark(func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if err := strip.Copy(io.Discard, long("b"), keep); err != nil {
				b.Fatal(err)
			}
		}
	}).AllocedBytesPerOp()
	if allocated > 1<<20 {
		t.Errorf("%d bytes are allocated for 6 MB that nobody wants", allocated)
	}
	full := errors.New("full")
	if err := strip.Copy(failing{full}, long("a"), keep); !errors.Is(err, full) {
		t.Errorf("a writer that takes nothing: %v", err)
	}
}

type failing struct{ error }

func (f failing) Write([]byte) (int, error) { return 0, f.error }

// Whatever is taken is valid JSON for the standard library too, and what that does not
// take is refused.
func FuzzCopy(f *testing.F) {
	for _, text := range []string{`{"a":[1,{"x":"\u00e9"}],"o":{"deep":{"y":1e9}}}`, `[true,null,"\ud800"]`, `{"a":1,"a":2}`, "\ufeff1", `{"a":"é"}`} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		var out bytes.Buffer
		err := strip.Copy(&out, bytes.NewReader(text), keep)
		if err == nil && !json.Valid(text) {
			t.Fatalf("%q is no JSON and was taken", text)
		}
		if err == nil && !json.Valid(out.Bytes()) {
			t.Fatalf("%q became %q", text, out.Bytes())
		}
	})
}

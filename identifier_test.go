package lector_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"lector"
)

func TestIdentifiersInJSON(t *testing.T) {
	t.Parallel()
	for written, want := range map[string]string{
		`"4711"`: "4711", `4711`: "4711", `0`: "0",
		`-7`: "-7", `""`: "", `null`: "", `"null"`: "null", `"007"`: "007", `"4.5"`: "4.5", `"1e3"`: "1e3",
		`9007199254740993`:                   "9007199254740993", // 2^53+1, which no float64 holds
		`18446744073709551616`:               "18446744073709551616",
		`123456789012345678901234567890`:     "123456789012345678901234567890",
		`-9223372036854775809`:               "-9223372036854775809",
		"\n 4711 ":                           "4711",
		`"\u0034711"`:                        "4711",
		strings.Repeat("9", 512):             strings.Repeat("9", 512),
		`"` + strings.Repeat("9", 600) + `"`: strings.Repeat("9", 600), // the schema says how long a text may be
	} {
		for _, field := range []string{"id", "revision"} {
			var a lector.Article
			err := json.Unmarshal([]byte(`{"site":"havana","`+field+`":`+written+`}`), &a)
			if got := a.ID + a.Revision; err != nil || got != want {
				t.Errorf("%s %s: %q, %v", field, written, got, err)
			}
		}
	}
	for _, bad := range []string{`4711.0`, `4711.5`, `1e3`, `1E3`, `-0`, `true`, `false`, `[]`, `["4711"]`, `{}`, strings.Repeat("9", 513)} {
		for _, field := range []string{"id", "revision"} {
			var a lector.Article
			err := json.Unmarshal([]byte(`{"`+field+`":`+bad+`}`), &a)
			helps := err != nil && strings.HasPrefix(err.Error(), field+": ") && strings.Contains(err.Error(), `write it as a text, as in "4711"`)
			if !helps || len(err.Error()) > 200 {
				t.Errorf("%s %s: %q, %v", field, bad, a.ID, err)
			}
		}
	}
}

func TestNullInAnArticleIsAbsent(t *testing.T) {
	t.Parallel()
	var a, want lector.Article
	const nulls = `{"site":"havana","id":7,"revision":null,"url":null,"title":null,"subtitle":null,"authors":[null,"Ana",null],"section":null,
		"tags":[null],"language":null,"published_at":null,"updated_at":null,"visibility":null,"type":null,"audio":null,"body":null,"image":null}`
	if err := json.Unmarshal([]byte(nulls), &a); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(`{"site":"havana","id":"7","authors":["Ana"]}`), &want); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(a, want) {
		t.Errorf("%+v\nwant %+v", a, want)
	}
	if a.Fingerprint() != want.Fingerprint() {
		t.Error("the fingerprints differ")
	}
}

// What we write we read.
func TestArticleIsReadAsWritten(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 20, 8, 0, 0, 0, time.UTC)
	full := lector.Article{
		Site: "havana", ID: "1", Revision: "2", URL: "https://reader.example/1", Title: "T", Subtitle: "S", Authors: []string{"A", ""},
		Section: "World", Tags: []string{"t"}, Language: "en", PublishedAt: at, UpdatedAt: at, Visibility: lector.Paid, Type: "story", Audio: "off",
		Body: lector.Body{ContentType: lector.HTML, Content: "<p>x</p>"}, Teaser: true, Image: "https://reader.example/1.jpg",
	}
	for v := range reflect.ValueOf(full).NumField() {
		if reflect.ValueOf(full).Field(v).IsZero() {
			t.Errorf("%s is not tried", reflect.TypeOf(full).Field(v).Name)
		}
	}
	data, err := json.Marshal(full)
	if err != nil {
		t.Fatal(err)
	}
	var got lector.Article
	if err := json.Unmarshal(data, &got); err != nil || !reflect.DeepEqual(got, full) {
		t.Errorf("%+v, %v", got, err)
	}
}

// TestTimesInJSON: RFC 3339 lets T and Z be small, and a schema lets them pass.
func TestTimesInJSON(t *testing.T) {
	t.Parallel()
	noon := time.Date(2026, 11, 29, 12, 0, 0, 500_000_000, time.UTC)
	for data, want := range map[string]time.Time{
		`{"updated_at":"2026-11-29T12:00:00.5Z"}`:      noon,
		`{"updated_at":"2026-11-29t12:00:00.5z"}`:      noon,
		`{"updated_at":"2026-11-29t14:00:00.5+02:00"}`: noon,
		`{"updated_at":null}`:                          {},
		`{}`:                                           {},
	} {
		var a lector.Article
		if err := json.Unmarshal([]byte(data), &a); err != nil || !a.UpdatedAt.Equal(want) || !a.PublishedAt.IsZero() {
			t.Errorf("%s: %v, %v", data, a.UpdatedAt, err)
		}
	}
	for _, data := range []string{`{"published_at":"2026-11-29 12:00"}`, `{"published_at":1}`, `{"published_at":""}`} {
		if err := json.Unmarshal([]byte(data), new(lector.Article)); err == nil {
			t.Errorf("%s is read", data)
		}
	}
}

// FuzzArticleJSON: whatever is read can be written and read again.
func FuzzArticleJSON(f *testing.F) {
	f.Add(`{"site":"havana","id":4711,"authors":[null]}`)
	f.Add(`{"id":-1,"Id":"2","ID":true}`)
	f.Add(`null`)
	f.Fuzz(func(t *testing.T, text string) {
		var a, again lector.Article
		if json.Unmarshal([]byte(text), &a) != nil {
			return
		}
		data, err := json.Marshal(a)
		if err != nil {
			return // a time of the year 10000
		}
		if err := json.Unmarshal(data, &again); err != nil || a.Key() != again.Key() || a.Fingerprint() != again.Fingerprint() {
			t.Errorf("%s: %v", data, err)
		}
	})
}

package lector_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"lector"
)

func largeArticle() lector.Article {
	return lector.Article{
		Site: "havana", ID: "1", Title: "T", Visibility: lector.Public, Image: "data:image/png;base64,AAAA",
		Body: lector.Body{ContentType: lector.HTML, Content: strings.Repeat("<p>A long read.</p>", 1000)},
	}
}

func TestByReference(t *testing.T) {
	t.Parallel()
	a := largeArticle()
	short, content, err := a.ByReference()
	if err != nil {
		t.Fatal(err)
	}
	if !lector.ValidClaim(short.Body.Ref) || !lector.ValidKey(short.Body.Ref) || short.Revision != a.Fingerprint() {
		t.Errorf("%+v", short)
	}
	if data, err := json.Marshal(short); err != nil || len(data) > 500 {
		t.Errorf("the short article has %d bytes, %v", len(data), err)
	}
	whole, err := short.Dereference(content)
	if a.Revision = a.Fingerprint(); err != nil || !reflect.DeepEqual(whole, a) {
		t.Errorf("%+v, %v", whole, err)
	}
	again, _, err := a.ByReference()
	if err != nil || again.Body.Ref != short.Body.Ref {
		t.Errorf("the same article has two references: %v", err)
	}
	a.Image = "https://reader.example/x.png"
	if short, _, err = a.ByReference(); err != nil || short.Image != a.Image {
		t.Errorf("%q, %v", short.Image, err)
	}
	a.Body.Content = strings.Repeat("x", lector.MaxClaim)
	if _, _, err = a.ByReference(); !lector.IsPermanent(err) {
		t.Errorf("without a bound: %v", err)
	}
}

func TestDereferenceRefuses(t *testing.T) {
	t.Parallel()
	refer := func(change func(*lector.Article)) (lector.Article, []byte) {
		a := largeArticle()
		change(&a)
		short, content, err := a.ByReference()
		if err != nil {
			t.Fatal(err)
		}
		return short, content
	}
	good, content := refer(func(*lector.Article) {})
	other, _ := refer(func(a *lector.Article) { a.ID = "2" })
	other.Body.Ref = strings.Replace(good.Body.Ref, good.Key(), other.Key(), 1)
	plain := good
	plain.Body.ContentType = lector.Plain
	nested, deeper := refer(func(a *lector.Article) { a.Body.Ref = good.Body.Ref })
	for name, test := range map[string]struct {
		article lector.Article
		content []byte
		want    string
	}{
		"cut":                   {good, content[:len(content)-1], "not what was referred to"},
		"empty":                 {good, nil, "not what was referred to"},
		"another article's":     {other, content, "is another article"},
		"of another kind":       {plain, content, "has no text/plain"},
		"a reference behind it": {nested, deeper, "has no text/html"},
	} {
		if _, err := test.article.Dereference(test.content); !lector.IsPermanent(err) || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestValidClaim(t *testing.T) {
	t.Parallel()
	hash := strings.Repeat("0af9", 16)
	for ref, want := range map[string]bool{
		lector.ClaimPrefix(lector.Key("s", "1")) + hash + ".json": true, "claims/" + hash + ".json": false, "claims/" + hash: false, "claims/" + hash + ".json\n": false, "claims/../a/" + hash + ".json": false,
		"a/havana/k/manifest.json": false, "https://evil.example/claims/" + hash + ".json": false, "claims/" + strings.ToUpper(hash) + ".json": false, "": false,
	} {
		if lector.ValidClaim(ref) != want {
			t.Errorf("%q: %v", ref, !want)
		}
	}
}

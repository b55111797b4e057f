package gc

import (
	"slices"
	"strings"
	"testing"

	"lector"
)

// TestArticleGoesWithTheClipsThatOnlyItHas looks at an article that shares one clip with
// another, has one of its own, one of an earlier revision that only the ledger names,
// and an answer.
func TestArticleGoesWithTheClipsThatOnlyItHas(t *testing.T) {
	t.Parallel()
	s := stored(t)
	claim := lector.ClaimPrefix("second") + hash("e") + ".json"
	put(t, s, claim, []byte("the whole article"))
	before := keys(t, s)
	hashes := []string{hash("c"), hash("d"), hash("f"), "", "x", "../../../etc"}
	a, err := FindArticle(t.Context(), s, "havana", "second", hashes)
	if err != nil {
		t.Fatal(err)
	}
	if a.Files.Objects != 2 || a.Clips != (Tally{3, 12}) || a.Shared != (Tally{1, 2}) {
		t.Errorf("found %+v", a)
	}
	if after := keys(t, s); !slices.Equal(before, after) {
		t.Errorf("looking changed the store: %v", after)
	}
	for range 2 { // again after it was broken off
		if err := a.Remove(t.Context(), s); err != nil {
			t.Fatal(err)
		}
	}
	want := []string{lector.PointerKey("havana", "first"), lector.Prefix("havana", "first") + "1.manifest.json", lector.ClipKey(hash("a")), "lexicon/havana.json"}
	slices.Sort(want)
	if after := keys(t, s); !slices.Equal(want, after) {
		t.Errorf("the store has %v, want %v", after, want)
	}
}

// TestArticleIsNotFoundWhileAnotherManifestCannotBeRead: the clips of that one would be
// taken for those of nobody.
func TestArticleIsNotFoundWhileAnotherManifestCannotBeRead(t *testing.T) {
	t.Parallel()
	s := stored(t)
	own := lector.Prefix("havana", "second") + "3.manifest.json"
	put(t, s, own, []byte("no JSON"))
	if _, err := FindArticle(t.Context(), s, "havana", "second", nil); err != nil {
		t.Errorf("its own manifest is broken: %v", err)
	}
	other := lector.Prefix("havana", "third") + "3.manifest.json"
	put(t, s, other, []byte("no JSON"))
	if _, err := FindArticle(t.Context(), s, "havana", "second", nil); err == nil || !strings.Contains(err.Error(), other) {
		t.Errorf("that of another is: %v", err)
	}
}

// TestClipsThatAnArticleNeedsStay: a is in two manifests, b in one, c and the answer d in
// none.
func TestClipsThatAnArticleNeedsStay(t *testing.T) {
	t.Parallel()
	s := stored(t)
	before := keys(t, s)
	a, err := FindClips(t.Context(), s, []string{hash("a"), hash("b"), hash("c"), hash("d"), hash("f"), "", "../x"})
	if err != nil || a.Clips.Objects != 2 || a.Shared.Objects != 2 || a.Files.Objects != 0 {
		t.Fatalf("found %+v, %v", a, err)
	}
	if err := a.Remove(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	want := slices.DeleteFunc(before, func(key string) bool { return key == lector.ClipKey(hash("c")) || key == lector.AnswerKey(hash("d")) })
	if after := keys(t, s); !slices.Equal(want, after) {
		t.Errorf("the store has %v, want %v", after, want)
	}
}

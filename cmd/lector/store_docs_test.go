package main

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"lector"
)

// TestDocumentsNameEachPartOfTheStore: operators give rights on a bucket by what the manual
// says of it.
func TestDocumentsNameEachPartOfTheStore(t *testing.T) {
	t.Parallel()
	keys := []string{
		lector.PointerKey("s", "k"), lector.ClipKey("00"), lector.AnswerKey("00"), lector.WithdrawnKey("s", "k"), lector.ClaimPrefix("k"),
		lexiconPrefix("s"),
	}
	for page, form := range map[string]string{"scaling-out.md": "`BUCKET/%s/*`", "stores.md": "| `%s/<"} {
		text, err := os.ReadFile("../../docs/" + page)
		if err != nil {
			t.Fatal(err)
		}
		for _, key := range keys {
			part, _, _ := strings.Cut(key, "/")
			if want := fmt.Sprintf(form, part); !strings.Contains(string(text), want) {
				t.Errorf("docs/%s does not name %s", page, want)
			}
		}
	}
}

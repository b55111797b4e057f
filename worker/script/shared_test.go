package script

import "testing"

// TestShared holds that the lists for every language can be read, and that a
// language finds its own words beside them.
func TestShared(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"exclaimed", "brands", "top-levels", "file-types"} {
		if len(shared()[name]) == 0 {
			t.Errorf("no list %q", name)
		}
	}
	if n := len(commonWords()); n < 8 {
		t.Errorf("short words of %d languages", n)
	}
	if n := len(romanised()); n != 79 {
		t.Errorf("%d letters in Latin ones", n)
	}
	tests := []struct {
		tag, list, word string
		want            bool
	}{
		{"en", "saying", "said", true},
		{"de", "saying", "said", false},
		{"de", "saying", "sagte", true},
		{"de", "brands", "adidas", true},
		{"cs", "exclaimed", "Yahoo!", true},
		{"cs", "saying", "said", false},
	}
	for _, tc := range tests {
		if got := languageOf(tc.tag).in(tc.list, tc.word); got != tc.want {
			t.Errorf("%s: %q in %q: %v", tc.tag, tc.word, tc.list, got)
		}
	}
}

package ghost_test

import (
	"strings"
	"testing"

	"lector/publisher/intake/ghost"
)

const ours = "<!-- lector:begin 65a -->\n<script>x</script>\n<!-- lector:end -->"

func TestReplaceBlock(t *testing.T) {
	t.Parallel()
	const other = "<!-- lector:begin 65b -->\r\nold<!-- lector:end -->"
	for name, c := range map[string]struct{ text, set, removed string }{
		"nothing":                {"", ours, ""},
		"an editor's":            {"<script>y</script>\r\n", "<script>y</script>\r\n" + ours, "<script>y</script>\r\n"},
		"the same":               {"a" + ours + "b", "a" + ours + "b", "ab"},
		"of another post":        {" " + other + "\t", " " + ours + "\t", " \t"},
		"twice":                  {"a" + other + "b" + ours + "c", "a" + ours + "bc", "abc"},
		"without an end":         {"<!-- lector:begin 65a -->y", "<!-- lector:begin 65a -->y" + ours, "<!-- lector:begin 65a -->y"},
		"without an end, then":   {"<!-- lector:begin 1 -->y" + other, "<!-- lector:begin 1 -->y" + ours, "<!-- lector:begin 1 -->y"},
		"without a beginning":    {"y<!-- lector:end -->", "y<!-- lector:end -->" + ours, "y<!-- lector:end -->"},
		"an end before the rest": {"<!-- lector:end -->" + other + "z", "<!-- lector:end -->" + ours + "z", "<!-- lector:end -->z"},
		"no UTF-8":               {"\xff" + other, "\xff" + ours, "\xff"},
	} {
		if got := ghost.ReplaceBlock(c.text, ours); got != c.set {
			t.Errorf("%s: set %q, want %q", name, got, c.set)
		}
		if got := ghost.ReplaceBlock(c.text, ""); got != c.removed {
			t.Errorf("%s: removed %q, want %q", name, got, c.removed)
		}
	}
}

// FuzzReplaceBlock: what stands outside of the marks is never changed, and there is one
// block in the end.
func FuzzReplaceBlock(f *testing.F) {
	for _, text := range []string{"", "a" + ours + "b", "<!-- lector:begin 1" + ours + "<!-- lector:end -->", "<!-- lec" + ours + "tor:begin 2 -->"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		set, removed := ghost.ReplaceBlock(text, ours), ghost.ReplaceBlock(text, "")
		if again := ghost.ReplaceBlock(set, ours); again != set {
			t.Errorf("%q is set to %q, then to %q", text, set, again)
		}
		if got := ghost.ReplaceBlock(set, ""); got != removed {
			t.Errorf("%q without a block is %q, and %q when it was set", text, removed, got)
		}
		if strings.Count(set, ours) == 0 || len(set) != len(removed)+len(ours) {
			t.Errorf("%q is set to %q, without it %q", text, set, removed)
		}
	})
}

package strip

import "testing"

func TestMarkup(t *testing.T) {
	t.Parallel()
	for title, want := range map[string]string{
		"Tom &amp; Jerry":                         "Tom & Jerry",
		"A <em>new</em> bridge<br/>":              "A new bridge",
		" It&#8217;s 3 < 4 ":                      "It’s 3 < 4",
		"How to use &lt;em&gt;<!-- a comment -->": "How to use <em>",
	} {
		if got := Markup(title); got != want {
			t.Errorf("%q: %q, want %q", title, got, want)
		}
	}
}

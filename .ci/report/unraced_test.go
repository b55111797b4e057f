package main

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestUnraced(t *testing.T) {
	t.Parallel()
	skip := func(pkg, test, why string) string {
		return `{"Action":"output","Package":"` + pkg + `","Test":"` + test + `","Output":"    x_test.go:3: ` + why + `\n"}
{"Action":"output","Package":"` + pkg + `","Test":"` + test + `","Output":"--- SKIP: ` + test + ` (0.00s)\n"}
{"Action":"skip","Package":"` + pkg + `","Test":"` + test + `"}
`
	}
	for name, test := range map[string]struct {
		stream string
		want   []string
	}{
		"nothing":       {`{"Action":"pass","Package":"p","Test":"TestA"}`, nil},
		"other reasons": {skip("p", "TestA", "SKIPPED: no browser"), nil},
		"only said":     {strings.Replace(skip("p", "TestA", forRace), `"skip"`, `"pass"`, 1), nil},
		"several": {
			skip("q", "TestLong/a.b_(c)", forRace+"; why") + skip("p", "TestA", forRace) + skip("q", "TestA", forRace) + skip("r", "TestN", "no"),
			[]string{`-run=^TestA$|^TestLong$/^a\.b_\(c\)$`, "p", "q"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := unraced(strings.NewReader(test.stream))
			if err != nil || !slices.Equal(got, test.want) {
				t.Errorf("%q, %v, want %q", got, err, test.want)
			}
			for _, flag := range got {
				if _, err := regexp.Compile(flag); err != nil {
					t.Error(err)
				}
			}
		})
	}
}

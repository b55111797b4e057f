package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

func TestEqualWarningsAreSummedUp(t *testing.T) {
	t.Parallel()
	var all []warning
	for i := range 1200 {
		all = append(all, warning{"lost data: the data begins before the stream does", fmt.Sprintf("part %d: lost data", i)})
		if i == 600 {
			all = append(all, warning{"garbage", "part 600: garbage at byte 7"})
		}
	}
	lines := summedUp(all)
	if len(lines) != shownOfKind+2 {
		t.Errorf("%d lines: %s", len(lines), strings.Join(lines, "\n"))
	}
	if !slices.Contains(lines, "… and 1,190 more of this kind: lost data: the data begins before the stream does") {
		t.Errorf("%q", lines)
	}
	if got := thousands(1234007); got != "1,234,007" {
		t.Error(got)
	}
}

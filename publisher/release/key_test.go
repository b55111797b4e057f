package release

import (
	"strings"
	"testing"
)

func TestPublic(t *testing.T) {
	t.Parallel()
	const dir = "a/havana/mfrggzdfmztwq2lknnwg23tpoa/"
	for key, want := range map[string]bool{
		dir + "manifest.json":                              true,
		dir + "0.mp3":                                      true,
		dir + "x-y_z.chapters.json":                        true,
		dir + strings.Repeat("x", 124) + ".mp3":            true,
		dir + strings.Repeat("x", 125) + ".mp3":            false,
		"a/h/mfrggzdfmztwq2lknnwg23tpoa/x.vtt":             true,
		"a/0_-/mfrggzdfmztwq2lknnwg23tpoa/x.png":           true,
		"a/" + strings.Repeat("h", 64) + dir[8:] + "x.png": false,
		"a/_h/mfrggzdfmztwq2lknnwg23tpoa/x.png":            false,
		"a/h.h/mfrggzdfmztwq2lknnwg23tpoa/x.png":           false,
		"a//mfrggzdfmztwq2lknnwg23tpoa/x.png":              false,
		"a/h/mfrggzdfmztwq2lknnwg23tp1a/x.png":             false,
		"a/h/mfrggzdfmztwq2lknnwg23tpo/x.png":              false,
		"a/h/MFRGGZDFMZTWQ2LKNNWG23TPOA/x.png":             false,
		dir:                                                false,
		dir + ".mp3":                                       false,
		dir + "-.mp3":                                      false,
		dir + "x..mp3":                                     false,
		dir + "x.html":                                     false,
		dir + "x":                                          false,
		dir + "x/y.mp3":                                    false,
		dir + "x\n.mp3":                                    false,
		dir + "é.mp3":                                      false,
		"/" + dir + "x.mp3":                                false,
		"b" + dir[1:] + "x.mp3":                            false,
		"clips/ab/abcd.mp3":                                false,
		"":                                                 false,
	} {
		if got := isPublicKey(key); got != want {
			t.Errorf("%q: %v", key, got)
		}
	}
}

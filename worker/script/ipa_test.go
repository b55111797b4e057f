package script

import (
	"strings"
	"testing"

	"lector"
)

func TestCheckIPA(t *testing.T) {
	t.Parallel()
	for _, good := range []string{
		"ˈkɪjiu", "ˈhɑːbə", "ʃɛʁ", "t͡ʃɔk", "ɲɛm.t͡sɨ", "bɔ̃ ʒuʁ", "b\u0254\u0303", "sa\u0303", "ã", "ˈɕt͡ɕa", "ˌɪn.təˈnæʃ.nəl", "ɡɔtʰ", "wɔːʃ.ɪŋ.tən",
		"ˈkʲijiu̯", "ma˥˩", "ˈæpəl̩", "çɪç", "|ʔa‖",
	} {
		if err := checkIPA(clean(good)); err != nil {
			t.Errorf("%q: %v", good, err)
		}
	}
	for bad, sign := range map[string]string{
		"xyz$": "'$'", "/kɪjiu/": "'/'", "[kɪ]": "'['", "'kɪjiu": `'\''`, "ha:bə": "':'", "Kiju": "'K'", "kij1": "'1'", "київ": "'к'", "d◌": "'◌'", "ы": "'ы'", "ñ$": "'$'",
	} {
		err := checkIPA(bad)
		if err == nil || !strings.HasPrefix(err.Error(), sign+" is no sign") || lector.HintOf(err) == "" {
			t.Errorf("%q: %v, want %s", bad, err, sign)
		}
	}
}

// A stored entry whose IPA would be refused today goes on as before, so that no audio
// changes by an upgrade.
func TestStoredIPA(t *testing.T) {
	t.Parallel()
	e := Entry{Match: "Kyiv", IPA: "'kij1"}
	if e.Check() == nil {
		t.Error("the entry is not refused")
	}
	if m := (Lexicon{e}).matcherFor("en", scope{}); len(m.whole["kyiv"]) != 1 {
		t.Errorf("the stored entry is not used: %+v", m.whole)
	}
}

package player

import "testing"

// The budget of the player: everything it is, compressed, in one request.
func TestScriptFitsItsBudget(t *testing.T) {
	t.Parallel()
	const budget = 8 << 10
	for language, s := range scripts() {
		if n := len(s.zipped); n > budget {
			t.Errorf("player.js?lang=%s is %d bytes compressed, budget %d", language, n, budget)
		} else {
			t.Logf("player.js?lang=%s: %d bytes, %d compressed", language, len(s.plain), n)
		}
	}
}

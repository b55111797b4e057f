package nats

import (
	"errors"
	"fmt"
	"testing"
)

// TestFaultStreak: a fault is believed when it stays, one that a stream on its way
// up shows only after long.
func TestFaultStreak(t *testing.T) {
	t.Parallel()
	broken := errors.New("JetStream stream '$G > jobs' write error: no space left on device")
	young := func(stream string) error {
		return fmt.Errorf("JetStream stream '$G > %s' could not be recovered", stream)
	}
	var ill faultStreak
	for i, step := range []struct {
		err         error
		grave, news bool
	}{
		{broken, false, false}, {nil, false, false}, {broken, false, false}, {broken, true, true}, {broken, true, false}, {nil, false, false},
		{young("jobs"), false, false}, {young("jobs"), false, false},
		{young("money"), false, false}, {young("money"), false, false}, {nil, false, false},
	} {
		if grave, news := ill.observe(step.err); grave != step.grave || news != step.news {
			t.Errorf("look %d, %v: %v, %v", i, step.err, grave, news)
		}
	}
	looks := 1
	for grave := false; !grave && looks < 100; looks++ {
		grave, _ = ill.observe(young("jobs"))
	}
	if looks < 20 || looks == 100 {
		t.Errorf("a stream that is never there is believed at look %d", looks)
	}
}

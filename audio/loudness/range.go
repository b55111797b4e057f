package loudness

import "slices"

// Range returns the loudness range in LU (EBU Tech 3342): the spread of the
// loudness of three seconds each, between the 10th and the 95th percentile of
// those above −70 LUFS and above 20 LU below their mean. It is 0 for less than
// three seconds.
func Range(energies []float64) float64 {
	const window = 30 // of 100 ms
	var blocks []float64
	sum := 0.0
	for i := window; i <= len(energies); i++ {
		e := 0.0
		for _, x := range energies[i-window : i] {
			e += x
		}
		if e /= window; e > absoluteGate {
			blocks, sum = append(blocks, e), sum+e
		}
	}
	if len(blocks) == 0 {
		return 0
	}
	gate := sum / float64(len(blocks)) / 100
	blocks = slices.DeleteFunc(blocks, func(e float64) bool { return e < gate })
	slices.Sort(blocks)
	at := func(share float64) float64 { return lufs(blocks[int(share*float64(len(blocks)-1)+0.5)]) }
	return at(0.95) - at(0.10)
}

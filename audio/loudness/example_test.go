package loudness_test

import (
	"fmt"
	"math"

	"lector/audio/loudness"
)

// A sine of 997 Hz at full scale in one channel measures −3.01 LUFS (ITU-R
// BS.1770-4, annex 1); this one has half of that amplitude.
func ExampleMeter() {
	m := loudness.NewMeter(48000, 1)
	samples := make([]float32, 2*48000)
	for i := range samples {
		samples[i] = float32(math.MaxInt16 / 2 * math.Sin(2*math.Pi*997*float64(i)/48000))
	}
	m.Add(samples)
	fmt.Printf("%.1f LUFS, %.1f dBTP\n", m.Integrated(), m.TruePeak())
	// Output:
	// -9.0 LUFS, -6.0 dBTP
}

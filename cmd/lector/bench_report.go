package main

import (
	"slices"
	"time"
)

// benchReport is what lector bench found out. Times are in seconds.
type benchReport struct {
	Articles          int         `json:"articles"` // of each of the two runs
	Chunks            int         `json:"chunks"`   // in each article
	Nodes             int         `json:"nodes"`    // NATS servers
	Latency           float64     `json:"latency"`  // of the voice
	EventToAudio      percentiles `json:"event_to_audio"`
	AboveVoice        percentiles `json:"above_voice"` // the same without the time in which the voice was speaking
	Checked           percentiles `json:"checked"`     // the same with each clip checked
	ArticlesPerSecond float64     `json:"articles_per_second"`
	DurableWrites     float64     `json:"durable_writes"` // for one article
}

// percentiles of a time, in seconds.
type percentiles struct {
	Median  float64 `json:"p50"`
	P99     float64 `json:"p99"`
	Longest float64 `json:"max"`
}

// newPercentiles returns those of a list that is not empty, by the nearest rank.
func newPercentiles(times []time.Duration) percentiles {
	slices.Sort(times)
	rank := func(percent int) float64 { return times[(len(times)*percent+99)/100-1].Seconds() }
	return percentiles{Median: rank(50), P99: rank(99), Longest: rank(100)}
}

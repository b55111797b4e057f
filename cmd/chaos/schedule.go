package main

import (
	"math"
	"math/rand/v2"
	"time"
)

// fault is one thing that is done to the installation, at a moment of the run.
type fault struct {
	At     time.Duration `json:"at"`
	Lasts  time.Duration `json:"lasts"`
	Kind   string        `json:"kind"`
	Target string        `json:"target"`
	Every  int           `json:"every,omitempty"` // one of so many calls or requests is hit
	Pick   int           `json:"pick,omitempty"`  // chooses one of several, such as a failpoint
}

// faultKind is one kind of fault: how long it lasts, and how long its target is
// left alone afterwards, both seeded.
type faultKind struct {
	name        string
	targets     []string // one of them is hit
	least, most time.Duration
	rest        time.Duration
	every       int // the most, of the calls or requests that are hit; 0 is all
}

// Targets of faults.
const (
	onNATS, onStore, onVoice, onPublisher = "nats", "store", "voice", "publisher"
)

// faultKinds are those that an installation can suffer.
func faultKinds(o options) []faultKind {
	second := time.Second
	workers := o.workerNames()
	all := []faultKind{
		{"kill worker", workers, 0, 3 * second, 2 * second, 0},
		{"kill worker at once again", workers, 0, second / 2, 0, 0},
		{"kill worker " + inCall, workers, 0, 2 * second, longestAim + second, 0},
		{"kill worker " + afterAnswer, workers, 0, 2 * second, longestAim + second, 0},
		{"kill worker " + announcing, workers, 0, 2 * second, longestAim + second, 0},
		{"stop worker in order", workers, 0, second, 4 * second, 0},
		{"stop worker " + inCall, workers, 0, second, longestAim + 4*second, 0},
		{"voice 429", []string{onVoice}, 2 * second, 8 * second, second, 2},
		{"voice 429-after", []string{onVoice}, 2 * second, 8 * second, second, 2},
		{"voice 500", []string{onVoice}, 2 * second, 8 * second, second, 2},
		{"voice 401", []string{onVoice}, second, 6 * second, second, 1},
		{"voice hang", []string{onVoice}, 2 * second, 6 * second, second, 4},
		{"voice truncate", []string{onVoice}, 2 * second, 6 * second, second, 3},
		{"voice garbage", []string{onVoice}, 2 * second, 6 * second, second, 3},
	}
	if o.Single { // nobody else could take its lease, and all would stand still
		return append(all, faultKind{"freeze worker", workers, 2 * second, 8 * second, second, 0})
	}
	all = append(all,
		faultKind{"freeze worker past its lease", workers, 33 * second, 42 * second, 3 * second, 0},
		faultKind{"kill publisher", []string{onPublisher}, 0, 2 * second, 3 * second, 0},
		faultKind{"kill NATS leader", []string{onNATS}, second, 4 * second, 8 * second, 0},
		faultKind{"kill a NATS server", []string{onNATS}, second, 4 * second, 8 * second, 0},
		faultKind{"freeze NATS leader", []string{onNATS}, 3 * second, 9 * second, 8 * second, 0},
		faultKind{"restart NATS in turn", []string{onNATS}, 12 * second, 12 * second, 10 * second, 0},
		faultKind{"kill all NATS servers", []string{onNATS}, second, 3 * second, 10 * second, 0},
		faultKind{"delete the consumer", []string{onNATS}, 0, 0, 3 * second, 0},
		faultKind{"disk full under the NATS leader", []string{onNATS}, 2 * second, 6 * second, 8 * second, 0},
		faultKind{"network delay", o.links(), 4 * second, 10 * second, second, 0},
		faultKind{"network cut", o.links(), 0, 0, second, 0},
		faultKind{"network half-open", o.links(), 4 * second, 16 * second, 2 * second, 0},
	)
	if o.Store == "disk" {
		return all
	}
	return append(all,
		faultKind{"kill worker " + beforeWrite, workers, 0, 2 * second, longestAim + second, 0},
		faultKind{"kill worker " + afterWrite, workers, 0, 2 * second, longestAim + second, 0},
		faultKind{"kill S3 server", []string{onStore}, 0, 4 * second, 2 * second, 0},
		faultKind{"store away", []string{onStore}, 3 * second, 20 * second, 3 * second, 0},
		faultKind{"store full", []string{onStore}, 3 * second, 20 * second, 3 * second, 0},
		faultKind{"store 500", []string{onStore}, 2 * second, 6 * second, second, 3},
		faultKind{"store late", []string{onStore}, 2 * second, 6 * second, second, 4},
		faultKind{"store cut", []string{onStore}, 2 * second, 6 * second, second, 4},
		faultKind{"store race", []string{onStore}, 2 * second, 6 * second, second, 3},
	)
}

// planFaults returns the faults of a seed, the same for the same arguments. Every
// kind is dealt once before any comes again, and no target is hit while it still
// suffers.
func planFaults(seed uint64, duration, gap time.Duration, kinds []faultKind) (all []fault) {
	rng := rand.New(rand.NewPCG(seed, 2))
	busy := map[string]time.Duration{}
	var deck []int
	for at := 3 * time.Second; at < duration; at += between(rng, gap) {
		if len(deck) == 0 {
			deck = rng.Perm(len(kinds))
		}
		for i, k := range deck {
			f, free := deal(rng, kinds[k], at, busy)
			if !free {
				continue
			}
			busy[f.Target] = at + f.Lasts + kinds[k].rest
			all, deck = append(all, f), append(deck[:i:i], deck[i+1:]...)
			break
		}
	}
	return all
}

// between is a time with the given mean, exponentially distributed, at most
// three times as long.
func between(rng *rand.Rand, mean time.Duration) time.Duration {
	return time.Duration(float64(mean) * min(-math.Log(1-rng.Float64()), 3))
}

// deal makes a fault of a kind, if one of its targets is free.
func deal(rng *rand.Rand, k faultKind, at time.Duration, busy map[string]time.Duration) (f fault, free bool) {
	first := rng.IntN(len(k.targets))
	for i := range k.targets {
		target := k.targets[(first+i)%len(k.targets)]
		if at < busy[target] {
			continue
		}
		f = fault{At: at, Lasts: k.least, Kind: k.name, Target: target, Every: 1, Pick: rng.IntN(1 << 16)}
		if k.most > k.least {
			f.Lasts += time.Duration(rng.Int64N(int64(k.most - k.least)))
		}
		if k.every > 1 {
			f.Every = 1 + rng.IntN(k.every)
		}
		return f, true
	}
	return f, false
}

package main

import (
	"fmt"
	"slices"
	"strings"
	"sync"
)

// violation is a promise that was broken.
type violation struct {
	Kind   string `json:"kind"`
	Detail string `json:"detail"`
}

// The kinds of violations.
const (
	notPublic    = "not public"             // the newest revision cannot be heard
	oldRevision  = "old revision"           // an older one than the newest is public at rest
	backwards    = "backwards"              // listeners had a newer revision before
	stillPublic  = "public after takedown"  // what was withdrawn is there at rest
	resurrected  = "resurrected"            // it was gone and came back
	noRecord     = "no record"              // an accepted event without a job
	atNoRest     = "not at rest"            // a job that is not terminal, at rest
	announcement = "announcement"           // missing, or more than one
	wrongBytes   = "wrong bytes"            // the audio is not what its manifest says
	lostPayment  = "ledger"                 // the ledger is not what the meter says
	paidTwice    = "paid twice"             // without a fault that made it unavoidable
	abandoned    = "abandoned call"         // a worker hung up on a voice without being killed
	textRemains  = "deleted text"           // of a deleted article, in a stream or in the store
	noTrace      = "bad event without mark" // neither a dead letter nor a job
	endedItself  = "ended by itself"        // a program that nobody killed
	slowDrain    = "drain"                  // a program that did not end within its grace time
	harness      = "harness"                // the check itself failed
)

// violations collects them, each once.
type violations struct {
	mu  sync.Mutex
	all []violation
	log func(format string, args ...any)
}

func (v *violations) add(kind, format string, args ...any) {
	found := violation{kind, fmt.Sprintf(format, args...)}
	v.mu.Lock()
	known := slices.Contains(v.all, found)
	if !known {
		v.all = append(v.all, found)
	}
	v.mu.Unlock()
	if !known && v.log != nil {
		v.log("VIOLATION %s: %s", found.Kind, found.Detail)
	}
}

func (v *violations) list() []violation {
	v.mu.Lock()
	defer v.mu.Unlock()
	return slices.Clone(v.all)
}

// byKind counts violations as "a 1, b 2", or "none".
func byKind(all []violation) string {
	counts := map[string]int{}
	for _, v := range all {
		counts[v.Kind]++
	}
	return counted(counts)
}

// counted writes counts in the order of their names.
func counted(counts map[string]int) string {
	var parts []string
	for kind, n := range counts {
		parts = append(parts, fmt.Sprintf("%s %d", kind, n))
	}
	slices.Sort(parts)
	if parts == nil {
		return "none"
	}
	return strings.Join(parts, ", ")
}

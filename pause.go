package lector

import (
	"fmt"
	"time"
)

// PauseKind is what can be paused.
type PauseKind string

// The kinds of what can be paused.
const (
	PauseLane  PauseKind = "lane"  // no event of it is begun
	PauseSite  PauseKind = "site"  // no article of it is begun
	PauseVoice PauseKind = "voice" // it is not called; other voices of a site read
)

// Pause is what an operator has paused, until it is resumed. Withdrawals are never
// paused.
type Pause struct {
	Kind   PauseKind `json:"kind"`             // lane, site or voice
	Name   string    `json:"name"`             // which of them
	Reason string    `json:"reason,omitempty"` // as the operator stated it
	Since  time.Time `json:"since"`            // when it was paused
}

// String says what is paused, and why.
func (p Pause) String() string {
	text := fmt.Sprintf("%s %s is paused", p.Kind, p.Name)
	if p.Reason != "" {
		text += ": " + p.Reason
	}
	return text
}

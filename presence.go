package lector

import "time"

// WorkerPresence is what a worker says of itself while it is there.
type WorkerPresence struct {
	Name    string    `json:"name"`             // host and process, as attempts name it
	Version string    `json:"version"`          // of its program
	Started time.Time `json:"started,omitzero"` // when it began to take articles
}

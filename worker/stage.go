package worker

import "lector"

// stageError says in which stage an error came up.
type stageError struct {
	stage lector.Stage
	error
}

// Error returns the stage and what failed in it, as "synth: chunk 3: 503".
func (e stageError) Error() string { return string(e.stage) + ": " + e.error.Error() }

// Unwrap returns what failed.
func (e stageError) Unwrap() error { return e.error }

// atStage marks an error with its stage; nil stays nil.
func atStage(stage lector.Stage, err error) error {
	if err == nil {
		return nil
	}
	return stageError{stage, err}
}

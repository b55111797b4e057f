package worker

import "lector"

// stageError says in which stage an error came up.
type stageError struct {
	stage lector.Stage
	error
}

func (e stageError) Error() string { return string(e.stage) + ": " + e.error.Error() }

func (e stageError) Unwrap() error { return e.error }

// atStage marks an error with its stage; nil stays nil.
func atStage(stage lector.Stage, err error) error {
	if err == nil {
		return nil
	}
	return stageError{stage, err}
}

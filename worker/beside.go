package worker

import "lector"

// beside begins something and returns what waits for its end. A panic is returned as an error:
// in a goroutine of its own it would end the worker.
func beside(f func() error) (wait func() error) {
	done := make(chan error, 1)
	go func() {
		var err error
		defer func() {
			if p := recover(); p != nil {
				err = lector.Recovered(p)
			}
			done <- err
		}()
		err = f()
	}()
	return func() error { return <-done }
}

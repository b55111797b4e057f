package main

import (
	"context"
	"fmt"
	"io"
	"os"

	"lector/worker/extract"
)

// readSource reads a file or, for -, standard input; no more than an article
// may be large, and one byte, so that a larger one is noticed.
func (a *app) readSource(_ context.Context, name string) ([]byte, error) {
	r := a.stdin
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		r = f
	}
	data, err := io.ReadAll(io.LimitReader(r, extract.MaxSize+1))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	return data, nil
}

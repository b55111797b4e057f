package main

import (
	"context"
	"io"
	"net/http"
	"time"
)

// client asks the publisher. An answer that takes longer is none.
var client = &http.Client{Timeout: 10 * time.Second}

// get returns the status and the body of an address.
func get(ctx context.Context, address string) (status int, body []byte, err error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil) //nolint:gosec // of a server that this run has started
	if err != nil {
		return 0, nil, err
	}
	answer, err := client.Do(r) //nolint:gosec // likewise
	if err != nil {
		return 0, nil, err
	}
	defer answer.Body.Close()
	body, err = io.ReadAll(answer.Body)
	return answer.StatusCode, body, err
}

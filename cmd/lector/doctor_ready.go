package main

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"time"

	"lector"
)

// checkReady asks the lector that runs on this machine what it finds itself: what
// only shows at work, such as a write that NATS does not confirm. There is no
// finding where none answers.
func checkReady(ctx context.Context, address string) []finding {
	ctx, cancel := context.WithTimeout(ctx, 6*time.Second) // its own checks take up to 5
	defer cancel()
	url := "http://" + address + "/readyz"
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil
	}
	response, err := (&http.Client{}).Do(request)
	if err != nil {
		return nil
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, 4096))
	if err != nil {
		return nil
	}
	return readiness(url, response.StatusCode, strings.TrimSpace(string(body)))
}

// readiness reads an answer. Another program may have the address.
func readiness(url string, status int, answer string) []finding {
	f := finding{what: "the lector that runs here, " + url}
	first, note, _ := strings.Cut(answer, "\nnote: ")
	switch {
	case status == http.StatusOK && first == "ready":
		f.detail, f.note = first, note
	case status == http.StatusServiceUnavailable:
		reason, hint, _ := strings.Cut(answer, "\nhint: ")
		f.err = lector.Hint(errors.New("not ready: "+reason), "%s", hint)
	default:
		return nil
	}
	return []finding{f}
}

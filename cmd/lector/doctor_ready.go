package main

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"lector"
)

// checkReady asks the lector that runs on this machine what it finds itself: what
// only shows at work, such as a write that NATS does not confirm. There is no
// finding where none answers.
func checkReady(ctx context.Context, address string) []finding {
	url := localURL(address) + "/readyz"
	status, answer, err := askReady(ctx, url)
	if err != nil {
		return nil
	}
	return readiness(url, status, answer)
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

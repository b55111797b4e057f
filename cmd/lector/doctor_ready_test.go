package main

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"lector"
	"lector/publisher/access"
)

func TestDoctorAsksWhatRuns(t *testing.T) {
	t.Parallel()
	var fault error
	note := ""
	s := httptest.NewServer(adminHandler(func(context.Context) error { return fault }, func() string { return note }, access.Guard{},
		prometheus.NewRegistry(), func() http.Handler { return nil }))
	defer s.Close()
	address := strings.TrimPrefix(s.URL, "http://")
	if got := checkReady(t.Context(), address); len(got) != 1 || got[0].err != nil || got[0].detail != "ready" {
		t.Errorf("ready: %+v", got)
	}
	note = "settings refused; the earlier ones stay in force: line 2: field lissten not found\nhint: lector config shows all keys"
	if got := checkReady(t.Context(), address); len(got) != 1 || got[0].err != nil || got[0].detail != "ready" || got[0].note != note {
		t.Errorf("ready with a note: %+v", got)
	}
	fault = lector.Hint(errors.New("stream AUDIO is gone"), "run lector setup")
	got := checkReady(t.Context(), address)
	if len(got) != 1 || got[0].err == nil || !strings.Contains(got[0].err.Error(), "stream AUDIO is gone") || lector.HintOf(got[0].err) != "run lector setup" {
		t.Errorf("not ready: %+v", got)
	}
	s.Close()
	for _, nobody := range []string{address, "127.0.0.1:0", "no address"} {
		if got := checkReady(t.Context(), nobody); len(got) > 0 {
			t.Errorf("%s: %+v", nobody, got)
		}
	}
	if got := readiness("http://x/readyz", 404, "404 page not found"); len(got) > 0 {
		t.Errorf("another program: %+v", got)
	}
}

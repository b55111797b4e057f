package observe

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"testing"

	"lector"
)

func TestJobHandler(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	log := slog.New(JobHandler(slog.NewJSONHandler(&out, nil))).With("sequence", 3)
	job := lector.JobLog{Site: "havana", Job: "key", Article: "a-1", Revision: "r1"}
	trace := lector.ParseTraceContext("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", "")
	ctx, _ := (*lector.Tracer)(nil).Start(lector.WithAttempt(lector.WithJobLog(t.Context(), job), 2), "", lector.SpanConsumer, trace)
	log.WarnContext(ctx, "waits", "error", "fault")
	want := map[string]any{
		"site": "havana", "job": "key", "article": "a-1", "revision": "r1", "attempt": 2.0, "trace": trace.ID(), "error": "fault", "sequence": 3.0,
	}
	var got map[string]any
	if err := json.Unmarshal(out.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	for key, value := range want {
		if got[key] != value {
			t.Errorf("%s is %v, want %v", key, got[key], value)
		}
	}
	out.Reset()
	log.Info("of no job")
	if bytes.Contains(out.Bytes(), []byte("article")) || bytes.Contains(out.Bytes(), []byte("trace")) {
		t.Errorf("it says %s", out.String())
	}
}

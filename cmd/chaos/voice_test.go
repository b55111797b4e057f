package main

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	"lector/infra/limittest"
)

// testSpeech is frames of silence: nobody listens.
func testSpeech() speech {
	frame := make([]byte, frameBytes)
	frame[0], frame[1] = 0xFF, 0xF3
	return speech{bytes.Repeat(frame, 1000)}
}

// ask makes a call as Lector does.
func ask(ctx context.Context, address, text string) (status int, body []byte, err error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, address+"/w1/v1/audio/speech", bytes.NewReader([]byte(`{"input":"`+text+`"}`)))
	if err != nil {
		return 0, nil, err
	}
	answer, err := (&http.Client{}).Do(r)
	if err != nil {
		return 0, nil, err
	}
	defer answer.Body.Close()
	body, err = io.ReadAll(answer.Body)
	return answer.StatusCode, body, err
}

func TestVoiceMeters(t *testing.T) {
	t.Parallel()
	v := &voice{meter: &meter{}, points: &points{}, speech: testSpeech()}
	server := httptest.NewServer(v)
	t.Cleanup(server.Close)
	ctx := limittest.Context(t)
	for _, c := range []struct {
		fault  voiceFault
		text   string
		status int
	}{
		{noFault, "one", 200}, {noFault, "one", 200}, {truncate, "four", 200}, {garbage, "four", 200},
		{throttle, "x", 429}, {throttleAfter, "x", 429}, {breakDown, "x", 500}, {unauthorized, "x", 401},
	} {
		v.setFault(c.fault, 1)
		status, body, err := ask(ctx, server.URL, c.text)
		if whole := checkFrames(append(body, testSpeech().frames[:200*frameBytes]...)) == nil; status != c.status || err != nil || whole != (c.fault == noFault) {
			t.Errorf("%s: status %d, %v, whole %v", c.fault, status, err, whole)
		}
	}
	b := v.meter.total()
	if b.Calls != 8 || b.Answered != 6 || b.Spoiled != 8 || b.Unique != 7 || b.PaidTwice != 7 || b.Open != 8 {
		t.Errorf("%+v", b)
	}
	if len(b.Unexcused) != 1 || b.Unexcused["one"] != 3 {
		t.Errorf("paid twice without a fault: %v", b.Unexcused)
	}
}

// A call whose worker hangs up is billed; it is the worker's fault unless the
// worker was killed or the voice hung.
func TestVoiceLosesCalls(t *testing.T) {
	t.Parallel()
	v := &voice{meter: &meter{}, points: &points{}, speech: testSpeech(), latency: time.Hour}
	server := httptest.NewServer(v)
	t.Cleanup(server.Close)
	for _, c := range []struct {
		text   string
		fault  voiceFault
		killed bool
	}{{"killed", noFault, true}, {"hanging", hang, false}, {"hung up", noFault, false}} {
		v.setFault(c.fault, 1)
		ctx, cancel := context.WithCancel(limittest.Context(t))
		done := make(chan struct{})
		go func() { defer close(done); ask(ctx, server.URL, c.text) }()
		limittest.Until(t, "the call is open", func() bool { return v.meter.state(c.text) == open })
		if c.killed {
			v.meter.excuse("w1", "kill worker")
		}
		v.meter.excuse("w2", "kill worker")
		cancel()
		<-done
		limittest.Until(t, "the call is lost", func() bool { return v.meter.state(c.text) == lost })
	}
	b := v.meter.total()
	if b.Lost != 20 || b.Open != 13 || len(b.Abandoned) != 1 || b.Abandoned["hung up"] != 7 {
		t.Errorf("%+v", b)
	}
}

// state is that of the last call for a text.
func (m *meter) state(text string) (s outcome) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, c := range m.calls {
		if c.text == text {
			s = c.state
		}
	}
	return s
}

// What was answered a moment before the kill could not be kept; what was answered
// before could.
func TestAnswersOnTheWay(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := &meter{}
		for _, text := range []string{"long ago", "just now"} {
			time.Sleep(onTheWay)
			m.end(m.begin("w1", text), answered, "")
		}
		m.excuse("w1", "kill worker")
		if b := m.total(); b.Open != len("just now") {
			t.Errorf("%+v", b)
		}
	})
}

// TestCallsOfTheDead has the voice read a request of a worker after that was killed,
// who had sent it before, and one after it runs again.
func TestCallsOfTheDead(t *testing.T) {
	t.Parallel()
	m := &meter{}
	m.strike("w1", "kill worker")
	m.end(m.begin("w1", "of the dead"), lost, "")
	m.end(m.begin("w2", "of another"), lost, "")
	m.heal("w1")
	m.end(m.begin("w1", "alive"), lost, "")
	b := m.total()
	if b.Open != len("of the dead") || len(b.Abandoned) != 2 || b.Abandoned["alive"] == 0 || b.Abandoned["of another"] == 0 {
		t.Errorf("%+v", b)
	}
}

func TestSpeechIsAsLongAsItsText(t *testing.T) {
	t.Parallel()
	s := testSpeech()
	for text, frames := range map[string]int{"": 12, "twenty characters ok": 54} {
		if got := len(s.cut(text)) / frameBytes; got != frames {
			t.Errorf("%q has %d frames, want %d", text, got, frames)
		}
	}
	if err := checkFrames([]byte("too short")); err == nil {
		t.Error("anything is taken for frames")
	}
}

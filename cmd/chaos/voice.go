package main

import (
	"context"
	"encoding/json"
	"hash/fnv"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// voiceFault is a way in which a voice misbehaves.
type voiceFault string

// The faults of a voice.
const (
	noFault       voiceFault = ""
	throttle      voiceFault = "429"       // without Retry-After
	throttleAfter voiceFault = "429-after" // with Retry-After
	breakDown     voiceFault = "500"
	unauthorized  voiceFault = "401"
	hang          voiceFault = "hang"     // no answer, for as long as the caller waits
	truncate      voiceFault = "truncate" // an MP3 that ends in the middle of a frame
	garbage       voiceFault = "garbage"  // status 200 and a web page
)

// voice is an HTTP server that speaks POST /NAME/v1/audio/speech, where NAME is
// the worker that calls, and meters what it is asked.
type voice struct {
	meter   *meter
	points  *points
	speech  speech
	latency time.Duration // the least; a text adds up to as much again

	mu    sync.Mutex
	key   string // that callers must have; "": none
	onAsk func(worker, text string)
	fault voiceFault
	every int // one of so many calls is hit
	count int
}

// setFault has one of every so many calls misbehave from now on.
func (v *voice) setFault(f voiceFault, every int) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.fault, v.every = f, max(every, 1)
}

// setKey has only callers with a key be answered.
func (v *voice) setKey(key string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.key = key
}

// hear has do be told of each call before it is answered.
func (v *voice) hear(do func(worker, text string)) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.onAsk = do
}

// asked tells who wants to know of a call.
func (v *voice) asked(worker, text string) {
	v.mu.Lock()
	do := v.onAsk
	v.mu.Unlock()
	if do != nil {
		do(worker, text)
	}
}

// nextFault is that of the next call, which has shown a key.
func (v *voice) nextFault(authorization string) voiceFault {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.key != "" && authorization != "Bearer "+v.key {
		return unauthorized
	}
	v.count++
	if v.fault == noFault || v.count%v.every != 0 {
		return noFault
	}
	return v.fault
}

// serve answers on a free loopback port until ctx ends.
func (v *voice) serve(ctx context.Context) (address string, err error) { return serveHTTP(ctx, v) }

// serveHTTP answers on a free loopback port until ctx ends.
func serveHTTP(ctx context.Context, h http.Handler) (address string, err error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	s := &http.Server{Handler: h, ReadHeaderTimeout: time.Minute}
	go s.Serve(l) //nolint:errcheck // it ends with ctx
	context.AfterFunc(ctx, func() { _ = s.Close() })
	return "http://" + l.Addr().String(), nil
}

// ServeHTTP answers one call.
func (v *voice) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	worker, path, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	var asked struct {
		Input string `json:"input"`
	}
	if err := json.NewDecoder(r.Body).Decode(&asked); err != nil || path != "v1/audio/speech" || r.Method != http.MethodPost {
		http.Error(w, "POST /NAME/v1/audio/speech is what I answer", http.StatusNotFound)
		return
	}
	c, fault := v.meter.begin(worker, asked.Input), v.nextFault(r.Header.Get("Authorization"))
	if v.refuse(w, fault) {
		v.meter.end(c, refused, "")
		return
	}
	v.points.reach(point{inCall, worker})
	v.asked(worker, asked.Input)
	v.speak(w, r, c, fault)
}

// refuse answers with the status of a fault, if it has one.
func (v *voice) refuse(w http.ResponseWriter, f voiceFault) bool {
	status := map[voiceFault]int{
		throttle: http.StatusTooManyRequests, throttleAfter: http.StatusTooManyRequests,
		breakDown: http.StatusInternalServerError, unauthorized: http.StatusUnauthorized,
	}[f]
	if status == 0 {
		return false
	}
	if f == throttleAfter {
		w.Header().Set("Retry-After", "2")
	}
	http.Error(w, `{"error":{"message":"a fault that was asked for"}}`, status)
	return true
}

// speak answers a call that is billed.
func (v *voice) speak(w http.ResponseWriter, r *http.Request, c *call, fault voiceFault) {
	if fault == hang {
		<-r.Context().Done()
		v.meter.end(c, lost, "voice hang")
		return
	}
	if pause(r.Context(), v.latencyOf(c.text)) != nil {
		v.meter.end(c, lost, "")
		return
	}
	body, state, reason := v.answer(c.text, fault)
	w.Header().Set("Content-Type", "audio/mpeg")
	w.Header().Set("X-Request-Id", c.worker)
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	if _, err := w.Write(body); err != nil { //nolint:gosec // of the text only the length goes into it
		state = lost
	}
	v.meter.end(c, state, reason)
	v.points.reach(point{afterAnswer, c.worker})
}

// answer is what a text gets, and how that counts.
func (v *voice) answer(text string, fault voiceFault) (body []byte, state outcome, reason string) {
	clip := v.speech.cut(text)
	switch fault {
	case truncate:
		return clip[:len(clip)/2/frameBytes*frameBytes+frameBytes/3], spoiled, "voice truncate"
	case garbage:
		return []byte("<html><body>The service is being maintained.</body></html>"), spoiled, "voice garbage"
	}
	return clip, answered, ""
}

// latencyOf is the same for the same text.
func (v *voice) latencyOf(text string) time.Duration {
	if v.latency <= 0 {
		return 0
	}
	h := fnv.New32a()
	_, _ = h.Write([]byte(text)) // never fails
	return v.latency + time.Duration(h.Sum32())%v.latency
}

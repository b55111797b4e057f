package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/pprof"
	"syscall"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"lector"
	"lector/publisher/tcp"
)

// door is one HTTP listener.
type door struct {
	listener net.Listener
	server   *http.Server
}

// How long a client may take for the head of a request, for its body, and until
// its next request. How long it may take for the answer, tcp.Conn knows.
const (
	headTime = 10 * time.Second
	bodyTime = time.Minute
	idleTime = 2 * time.Minute
)

// openDoor takes the address at once, so that a taken port is told before any
// work begins. key is the setting's name.
func openDoor(key, address string, handler http.Handler, log *slog.Logger) (*door, error) {
	l, err := net.Listen("tcp", address)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, lector.Hint(fmt.Errorf("%s: address %s is taken by another program", key, address),
			"%s", otherAddress(key))
	}
	if err != nil {
		return nil, lector.Hint(fmt.Errorf("%s: %w", key, err), "set %s to an address of this machine", key)
	}
	return &door{tcp.Listen(l), &http.Server{
		Handler:           handler,
		ConnContext:       tcp.Context,
		ReadHeaderTimeout: headTime,
		IdleTimeout:       idleTime,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}}, nil
}

func otherAddress(key string) string {
	if key == "listen" {
		return "choose another: -listen 127.0.0.1:8090, listen in lector.yaml, or LECTOR_LISTEN"
	}
	return "choose another: private in lector.yaml, or LECTOR_PRIVATE"
}

// url is how to reach the door from this machine.
func (d *door) url() string {
	_, port, _ := net.SplitHostPort(d.listener.Addr().String())
	return "http://127.0.0.1:" + port
}

// serve answers until ctx ends, and then gives the requests under way a few
// seconds.
func (d *door) serve(ctx context.Context) error {
	stopped := make(chan error, 1)
	defer context.AfterFunc(ctx, func() {
		grace, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		err := d.server.Shutdown(grace)
		if errors.Is(err, context.DeadlineExceeded) { // somebody is listening to a long article
			err = d.server.Close()
		}
		stopped <- err
	})()
	d.server.Handler = boundBodies(d.server.Handler)
	if err := d.server.Serve(d.listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return <-stopped
}

// boundBodies gives the body of a request a time in which it must have come.
// http.Server.ReadTimeout would do that too, but it also ends answers that take
// longer: their reader sees the end of the time as a client who has gone.
func boundBodies(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.ContentLength != 0 {
			_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(bodyTime)) // fails where there is no connection
		}
		next.ServeHTTP(w, r)
	})
}

// close gives the address back, if serve has not done so.
func (d *door) close() error {
	if err := d.listener.Close(); !errors.Is(err, net.ErrClosed) {
		return err
	}
	return nil
}

// health answers whether the process can do its work.
type health func(ctx context.Context) error

// privateDoor is health, metrics and profiles.
func privateDoor(ready health, metrics *prometheus.Registry) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), 5*time.Second)
		defer cancel()
		if err := ready(ctx); err != nil {
			http.Error(w, err.Error(), http.StatusServiceUnavailable)
			return
		}
		fmt.Fprintln(w, "ready")
	})
	mux.Handle("GET /metrics", promhttp.HandlerFor(metrics, promhttp.HandlerOpts{}))
	mux.HandleFunc("GET /debug/pprof/", pprof.Index)
	mux.HandleFunc("GET /debug/pprof/cmdline", pprof.Cmdline)
	mux.HandleFunc("GET /debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("GET /debug/pprof/symbol", pprof.Symbol)
	mux.HandleFunc("GET /debug/pprof/trace", pprof.Trace)
	return mux
}

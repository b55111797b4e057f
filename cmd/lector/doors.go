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
	handler  http.Handler
	log      *slog.Logger
}

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
	return &door{tcp.Listen(l), handler, log}, nil
}

func otherAddress(key string) string {
	if key == "listen" {
		return "choose another: -listen 127.0.0.1:8090, listen in lector.yaml, or LECTOR_LISTEN"
	}
	return "choose another: admin_listen in lector.yaml, or LECTOR_ADMIN_LISTEN"
}

// url is how to reach the door from this machine.
func (d *door) url() string {
	_, port, _ := net.SplitHostPort(d.listener.Addr().String())
	return "http://127.0.0.1:" + port
}

// serve answers until ctx ends, and then gives the requests under way a few
// seconds.
func (d *door) serve(ctx context.Context) error {
	server := tcp.NewServer(d.handler)
	server.ErrorLog = slog.NewLogLogger(d.log.Handler(), slog.LevelDebug)
	stopped := make(chan error, 1)
	defer context.AfterFunc(ctx, func() {
		grace, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		err := server.Shutdown(grace)
		if errors.Is(err, context.DeadlineExceeded) { // somebody is listening to a long article
			err = server.Close()
		}
		stopped <- err
	})()
	if err := server.Serve(d.listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return <-stopped
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

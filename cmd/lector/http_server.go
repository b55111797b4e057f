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
	"lector/publisher/access"
	"lector/publisher/tcp"
)

// httpServer is one HTTP listener.
type httpServer struct {
	listener net.Listener
	handler  http.Handler
	direct   func(path string) http.Handler // of tcp.Server; may be nil
	log      *slog.Logger
}

// listenHTTP binds the address at once, so that a port in use is reported before any
// work begins. key is the setting's name.
func listenHTTP(key, address string, handler http.Handler, log *slog.Logger) (*httpServer, error) {
	l, err := net.Listen("tcp", address)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, lector.Hint(fmt.Errorf("%s: address %s is taken by another program", key, address),
			"%s", addressHint(key))
	}
	if err != nil {
		return nil, lector.Hint(fmt.Errorf("%s: %w", key, err), "set %s to an address of this machine", key)
	}
	return &httpServer{listener: tcp.Listen(l), handler: handler, log: log}, nil
}

func addressHint(key string) string {
	if key == "listen" {
		return "choose another: -listen 127.0.0.1:8090, listen in lector.yaml, or LECTOR_LISTEN"
	}
	return "choose another: admin_listen in lector.yaml, or LECTOR_ADMIN_LISTEN"
}

// url is the address of the server on this machine.
func (d *httpServer) url() string {
	return localURL(d.listener.Addr().String())
}

// serve answers until ctx ends, and then gives the requests under way a few
// seconds.
func (d *httpServer) serve(ctx context.Context) error {
	server := tcp.NewServer(d.handler)
	server.Direct = d.direct
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

// close releases the address, if serve has not done so.
func (d *httpServer) close() error {
	if err := d.listener.Close(); !errors.Is(err, net.ErrClosed) {
		return err
	}
	return nil
}

// withHint is an error and what can be done about it, each on a line.
func withHint(err error) string {
	if hint := lector.HintOf(err); hint != "" {
		return err.Error() + "\nhint: " + hint
	}
	return err.Error()
}

// healthCheck answers whether the process can do its work.
type healthCheck func(ctx context.Context) error

// adminHandler serves health to everybody, and to those that the guard lets in metrics,
// profiles and, where there is one, the console, which is opened later than the address.
// A note is added to the answer that the process is ready.
func adminHandler(ready healthCheck, note func() string, guard access.Guard, metrics *prometheus.Registry,
	console func() http.Handler) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/", guard.Handler(guardedHandler(metrics, console)))
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), 5*time.Second)
		defer cancel()
		if err := ready(ctx); err != nil {
			http.Error(w, withHint(err), http.StatusServiceUnavailable)
			return
		}
		fmt.Fprintln(w, "ready")
		if text := note(); text != "" {
			fmt.Fprintln(w, "note: "+text)
		}
	})
	return mux
}

func guardedHandler(metrics *prometheus.Registry, console func() http.Handler) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		if pages := console(); pages != nil {
			pages.ServeHTTP(w, r)
			return
		}
		http.NotFound(w, r)
	})
	mux.Handle("GET /metrics", access.Need(lector.RoleView, promhttp.HandlerFor(metrics, promhttp.HandlerOpts{})))
	for path, serve := range map[string]http.HandlerFunc{
		"": pprof.Index, "cmdline": pprof.Cmdline, "profile": pprof.Profile, "symbol": pprof.Symbol, "trace": pprof.Trace,
	} {
		mux.Handle("GET /debug/pprof/"+path, access.Need(lector.RoleAdmin, serve))
	}
	return mux
}

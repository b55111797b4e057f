#!/bin/bash
# nats-server 2.15.2, embedded, one server, file storage.
#
# While a stream is being created, Healthz() says status "unavailable", 503:
# "JetStream stream '$G > S0' could not be recovered". The directory of the
# stream is there before the stream can be looked up. Afterwards it says "ok".
# On an idle machine this lasts milliseconds, on a busy one with SyncAlways
# seconds for each stream: a probe that acts upon it (a restart of the process,
# DisableJetStream and EnableJetStream) breaks a setup off that is well.
#
# Seen: 200 streams were created one after the other without an error, and
# 31,336 looks meanwhile found one that "could not be recovered".
#
# Needs Go. Exit 0: it is still so. Exit 1: Healthz no longer says it.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
cat >main.go <<'GO'
package main

import (
	"fmt"
	"os"
	"strings"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
)

func check(err error) {
	if err != nil {
		panic(err)
	}
}

func main() {
	s, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: -1, JetStream: true, StoreDir: os.Args[1], SyncAlways: true, NoLog: true, NoSigs: true})
	check(err)
	s.Start()
	defer s.Shutdown()
	if !s.ReadyForConnections(time.Minute) {
		panic("not ready")
	}
	nc, err := nats.Connect(s.ClientURL())
	check(err)
	js, err := nc.JetStream(nats.MaxWait(time.Minute))
	check(err)
	var done atomic.Bool
	looks := make(chan int)
	go func() {
		ill := 0
		for !done.Load() {
			h := s.Healthz(&server.HealthzOptions{})
			if strings.Contains(h.Error, "could not be recovered") {
				if ill++; ill == 1 {
					fmt.Println(h.Status, h.StatusCode, h.Error)
				}
			}
		}
		looks <- ill
	}()
	for i := range 200 {
		_, err := js.AddStream(&nats.StreamConfig{Name: fmt.Sprint("S", i), Subjects: []string{fmt.Sprint("s.", i)}})
		check(err)
	}
	done.Store(true)
	ill := <-looks
	fmt.Printf("200 streams were created; %d looks meanwhile found one that could not be recovered; now: %s\n", ill, s.Healthz(&server.HealthzOptions{}).Status)
	if ill == 0 {
		os.Exit(1)
	}
}
GO
{
	go mod init finding
	go get github.com/nats-io/nats-server/v2@v2.15.2 github.com/nats-io/nats.go@v1.55.0
} >log 2>&1 || { cat log >&2; exit 2; }
go run . "$dir/store"

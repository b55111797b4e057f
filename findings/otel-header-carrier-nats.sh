#!/bin/bash
# go.opentelemetry.io/otel 1.47.0 with nats.go v1.55.0: propagation.HeaderCarrier around
# the header of a NATS message, which compiles and works from Go to Go, carries no trace
# to or from a client in another language. The carrier is made for HTTP and writes and
# reads "Traceparent"; names of NATS headers keep their case, so a client that follows
# the W3C's name, as @opentelemetry/core 2.12.1 with @nats-io/transport-node 3.4.0 does,
# writes and reads "traceparent". No side reports an error: traces just end at the broker.
#
# Output seen:
#   Go to Go: the trace goes on
#   JavaScript to Go: header traceparent, a new trace
#   Go to JavaScript: header Traceparent, a new trace
#
# Needs Go, node and npm. Exit 0: it is still so. Exit 1: it has changed.
set -euo pipefail
self=$(realpath "$0")
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
cat >main.go <<'GO'
// A NATS server with two services: "read" answers with what it reads of the trace of a
// request, and "write" with a message of a trace of its own.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"
)

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
}

func main() {
	s, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: server.RANDOM_PORT, NoSigs: true, NoLog: true})
	must(err)
	s.Start()
	defer s.Shutdown()
	if !s.ReadyForConnections(30 * time.Second) {
		must(errors.New("the server does not start"))
	}
	nc, err := nats.Connect(s.ClientURL())
	must(err)
	w3c := propagation.TraceContext{}
	_, err = nc.Subscribe("read", func(m *nats.Msg) {
		answer := "a new trace"
		if trace.SpanContextFromContext(w3c.Extract(context.Background(), propagation.HeaderCarrier(m.Header))).IsValid() {
			answer = "the trace goes on"
		}
		must(m.Respond([]byte(answer)))
	})
	must(err)
	_, err = nc.Subscribe("write", func(m *nats.Msg) {
		span := trace.NewSpanContext(trace.SpanContextConfig{TraceID: trace.TraceID{1}, SpanID: trace.SpanID{2}, TraceFlags: trace.FlagsSampled})
		answer := nats.NewMsg(m.Reply)
		w3c.Inject(trace.ContextWithSpanContext(context.Background(), span), propagation.HeaderCarrier(answer.Header))
		must(nc.PublishMsg(answer))
	})
	must(err)
	written, err := nc.Request("write", nil, time.Minute)
	must(err)
	read, err := nc.RequestMsg(&nats.Msg{Subject: "read", Header: written.Header}, time.Minute)
	must(err)
	fmt.Println(s.ClientURL())
	fmt.Printf("Go to Go: %s\n", read.Data)
	_, err = io.Copy(io.Discard, os.Stdin)
	must(err)
}
GO
cat >main.mjs <<'JS'
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { ROOT_CONTEXT, trace } from "@opentelemetry/api";
import { W3CTraceContextPropagator } from "@opentelemetry/core";
import { headers } from "@nats-io/nats-core";
import { connect } from "@nats-io/transport-node";

const server = spawn("./server", { stdio: ["pipe", "pipe", "inherit"] });
const lines = createInterface({ input: server.stdout })[Symbol.asyncIterator]();
const line = async () => (await lines.next()).value;
const nc = await connect({ servers: await line() });
console.log(await line());

const w3c = new W3CTraceContextPropagator();
const sent = headers();
const span = { traceId: "0af7651916cd43dd8448eb211c80319c", spanId: "b7ad6b7169203331", traceFlags: 1 };
w3c.inject(trace.setSpanContext(ROOT_CONTEXT, span), sent, { set: (h, name, value) => h.set(name, value) });
const read = await nc.request("read", "", { headers: sent, timeout: 60000 });
console.log(`JavaScript to Go: header ${sent.keys()}, ${read.string()}`);

const written = await nc.request("write", "", { timeout: 60000 });
const context = w3c.extract(ROOT_CONTEXT, written.headers, { keys: h => h.keys(), get: (h, name) => h.get(name) || undefined });
console.log(`Go to JavaScript: header ${written.headers.keys()}, ${trace.getSpanContext(context) ? "the trace goes on" : "a new trace"}`);
await nc.close();
server.stdin.end();
JS
{
	go mod init finding
	go get github.com/nats-io/nats-server/v2@v2.15.2 github.com/nats-io/nats.go@v1.55.0 go.opentelemetry.io/otel@v1.47.0 go.opentelemetry.io/otel/trace@v1.47.0
	go build -o server .
	npm init -y
	npm install --ignore-scripts @opentelemetry/api@1.9.1 @opentelemetry/core@2.12.1 @nats-io/nats-core@3.4.0 @nats-io/transport-node@3.4.0
} >log 2>&1 || { cat log >&2; exit 2; }
node main.mjs | tee seen
diff <(sed -n 's/^#   //p' "$self") seen

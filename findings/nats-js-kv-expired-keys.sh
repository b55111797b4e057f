#!/bin/bash
# @nats-io/kv 3.4.0 (JavaScript) with nats-server v2.15.2: keys() of a bucket that keeps
# limit markers lists keys that have expired, until their markers expire too. The marker
# of a key whose time is up has Nats-Marker-Reason and no KV-Operation, which is all that
# keys() looks at; get() and watch() of the same client call the entry purged, and Keys()
# of nats.go v1.55.0 leaves it out. Who lists leases by keys() sees holders that are gone,
# where a key that was purged by hand does not show.
#
# Output seen:
#   the keys a and b live, b is purged, a expires
#   JavaScript: watch a PURGE
#   JavaScript: get a PURGE, get b PURGE
#   JavaScript: keys a
#   Go: keys none
#
# Needs Go, node and npm. Exit 0: it is still so. Exit 1: it has changed.
set -euo pipefail
self=$(realpath "$0")
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
cat >main.go <<'GO'
// A NATS server with a bucket in which a key expires and another is purged.
package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
}

func main() {
	ctx := context.Background()
	s, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: server.RANDOM_PORT, NoSigs: true, NoLog: true, JetStream: true, StoreDir: "store"})
	must(err)
	s.Start()
	defer s.Shutdown()
	if !s.ReadyForConnections(30 * time.Second) {
		must(errors.New("the server does not start"))
	}
	nc, err := nats.Connect(s.ClientURL())
	must(err)
	js, err := jetstream.New(nc)
	must(err)
	kv, err := js.CreateKeyValue(ctx, jetstream.KeyValueConfig{Bucket: "leases", LimitMarkerTTL: time.Hour})
	must(err)
	fmt.Println(s.ClientURL())
	in := bufio.NewScanner(os.Stdin)
	in.Scan() // somebody watches
	_, err = kv.Create(ctx, "a", []byte("holder"), jetstream.KeyTTL(time.Second))
	must(err)
	_, err = kv.Put(ctx, "b", []byte("holder"))
	must(err)
	must(kv.Purge(ctx, "b"))
	in.Scan() // they have seen the key expire
	keys, err := kv.Keys(ctx)
	if errors.Is(err, jetstream.ErrNoKeysFound) {
		keys, err = []string{"none"}, nil
	}
	must(err)
	fmt.Println("Go: keys", keys[0])
}
GO
cat >main.mjs <<'JS'
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { Kvm } from "@nats-io/kv";
import { connect } from "@nats-io/transport-node";

const server = spawn("./server", { stdio: ["pipe", "pipe", "inherit"] });
const lines = createInterface({ input: server.stdout })[Symbol.asyncIterator]();
const nc = await connect({ servers: (await lines.next()).value });
const kv = await new Kvm(nc).open("leases");
const watch = await kv.watch();
console.log("the keys a and b live, b is purged, a expires");
server.stdin.write("go on\n");
for await (const e of watch) {
  if (e.key !== "a" || e.operation === "PUT") continue;
  console.log(`JavaScript: watch a ${e.operation}`);
  break;
}
console.log(`JavaScript: get a ${(await kv.get("a"))?.operation}, get b ${(await kv.get("b"))?.operation}`);
const keys = [];
for await (const k of await kv.keys()) keys.push(k);
console.log("JavaScript: keys", keys.join(" ") || "none");
server.stdin.write("go on\n");
console.log((await lines.next()).value);
await nc.close();
JS
{
	go mod init finding
	go get github.com/nats-io/nats-server/v2@v2.15.2 github.com/nats-io/nats.go@v1.55.0
	go build -o server .
	npm init -y
	npm install --ignore-scripts @nats-io/kv@3.4.0 @nats-io/transport-node@3.4.0
} >log 2>&1 || { cat log >&2; exit 2; }
timeout 60 node main.mjs | tee seen
diff <(sed -n 's/^#   //p' "$self") seen

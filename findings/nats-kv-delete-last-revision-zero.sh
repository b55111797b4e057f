#!/bin/bash
# nats.go v1.55.0, package jetstream, with nats-server v2.15.2 embedded.
#
# KeyValue.Delete(key, LastRevision(n)) deletes only if the key stands at
# revision n. With n = 0 there is no condition at all: the key is deleted
# whatever its revision. Update(key, value, 0) is conditional: it means that the
# key must not be there. So a caller whose revision is unknown, and therefore 0,
# deletes what somebody else has just written, without an error.
#
# Output seen:
#   Update at revision 0 of a key that is there: wrong last sequence
#   Delete at revision 7 of a key at revision 1: wrong last sequence
#   Delete at revision 0 of a key at revision 1: no error
#   afterwards: nats: key not found
#
# Needs Go. Exit 0: it is still so. Exit 1: it has changed.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cat >"$dir/main.go" <<'GO'
package main

import (
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

func say(what string, err error) {
	var api *jetstream.APIError
	switch {
	case err == nil:
		fmt.Println(what + ": no error")
	case errors.As(err, &api) && api.ErrorCode == jetstream.JSErrCodeStreamWrongLastSequence:
		fmt.Println(what + ": wrong last sequence")
	default:
		fmt.Println(what+":", err)
	}
}

func main() {
	s, err := server.NewServer(&server.Options{JetStream: true, StoreDir: os.Args[1], DontListen: true, NoSigs: true, NoLog: true})
	must(err)
	s.Start()
	if !s.ReadyForConnections(30 * time.Second) {
		must(errors.New("the server does not start"))
	}
	defer s.Shutdown()
	nc, err := nats.Connect("", nats.InProcessServer(s))
	must(err)
	js, err := jetstream.New(nc)
	must(err)
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	kv, err := js.CreateKeyValue(ctx, jetstream.KeyValueConfig{Bucket: "leases"})
	must(err)
	_, err = kv.Create(ctx, "article", []byte("held by another"))
	must(err)
	_, err = kv.Update(ctx, "article", []byte("mine"), 0)
	say("Update at revision 0 of a key that is there", err)
	say("Delete at revision 7 of a key at revision 1", kv.Delete(ctx, "article", jetstream.LastRevision(7)))
	say("Delete at revision 0 of a key at revision 1", kv.Delete(ctx, "article", jetstream.LastRevision(0)))
	_, err = kv.Get(ctx, "article")
	say("afterwards", err)
}
GO
(cd "$dir" && go mod init finding && go mod edit -require github.com/nats-io/nats-server/v2@v2.15.2 -require github.com/nats-io/nats.go@v1.55.0 && go mod tidy) >"$dir/log" 2>&1 || { cat "$dir/log" >&2; exit 2; }
seen=$(cd "$dir" && go run . "$dir/data")
echo "$seen"
diff <(sed -n 's/^#   //p' "$0") <(echo "$seen")

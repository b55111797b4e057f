#!/bin/bash
# nats.go v1.55.0, package jetstream, with nats-server v2.15.2 embedded, file storage.
#
# A purge of a stream by subject, and of a key of a bucket, takes messages out of reach
# and leaves their text in the files of the server, over a restart too, until a block
# is more than half empty and is compacted. Only a deletion of single messages
# (SecureDeleteMsg; "no_erase" is false) overwrites it, and of what was purged before
# nothing can be overwritten any more. Streams of buckets refuse deletions, so nothing
# that a client can ask for overwrites the text of a key. Who must erase something deletes each
# message before any purge, and keeps out of buckets what may have to go.
#
# Output seen:
#   stream, after a purge: 0 messages on the subject, text in the files: true
#   stream, after a restart: text in the files: true
#   stream, after deletions and a purge: 0 messages on the subject, text in the files: false
#   bucket, deletion of a message is not permitted: true
#   bucket, after a purge of the key: text in the files: true
#
# Needs Go. Exit 0: it is still so. Exit 1: it has changed.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cat >"$dir/main.go" <<'GO'
package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
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

func open() (*server.Server, jetstream.JetStream) {
	s, err := server.NewServer(&server.Options{JetStream: true, StoreDir: os.Args[1], SyncAlways: true, DontListen: true, NoSigs: true, NoLog: true})
	must(err)
	s.Start()
	if !s.ReadyForConnections(30 * time.Second) {
		must(errors.New("the server does not start"))
	}
	nc, err := nats.Connect("", nats.InProcessServer(s))
	must(err)
	js, err := jetstream.New(nc)
	must(err)
	return s, js
}

func onDisk(text string) (found bool) {
	must(filepath.WalkDir(os.Args[1], func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(name)
		found = found || bytes.Contains(data, []byte(text))
		return err
	}))
	return found
}

func count(ctx context.Context, s jetstream.Stream, subject string) int {
	info, err := s.Info(ctx, jetstream.WithSubjectFilter(subject))
	must(err)
	return int(info.State.Subjects[subject])
}

func main() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	srv, js := open()
	st, err := js.CreateStream(ctx, jetstream.StreamConfig{Name: "ARTICLES", Subjects: []string{"article.>"}})
	must(err)
	for _, m := range []string{"first:purged text", "second:erased text", "third:what stays, and is longer than what goes, so that no block is half empty"} {
		subject, text, _ := bytes.Cut([]byte(m), []byte(":"))
		_, err := js.Publish(ctx, "article."+string(subject), text)
		must(err)
	}
	must(st.Purge(ctx, jetstream.WithPurgeSubject("article.first")))
	fmt.Printf("stream, after a purge: %d messages on the subject, text in the files: %t\n", count(ctx, st, "article.first"), onDisk("purged text"))
	srv.Shutdown()
	srv.WaitForShutdown()
	srv, js = open()
	defer srv.Shutdown()
	fmt.Printf("stream, after a restart: text in the files: %t\n", onDisk("purged text"))
	st, err = js.Stream(ctx, "ARTICLES")
	must(err)
	must(st.SecureDeleteMsg(ctx, 2))
	must(st.Purge(ctx, jetstream.WithPurgeSubject("article.second")))
	fmt.Printf("stream, after deletions and a purge: %d messages on the subject, text in the files: %t\n", count(ctx, st, "article.second"), onDisk("erased text"))
	kv, err := js.CreateKeyValue(ctx, jetstream.KeyValueConfig{Bucket: "jobs", History: 5})
	must(err)
	_, err = kv.Put(ctx, "job", []byte("the title of the job"))
	must(err)
	_, err = kv.Put(ctx, "other", []byte("another record that stays, and is longer than the one that goes"))
	must(err)
	st, err = js.Stream(ctx, "KV_jobs")
	must(err)
	err = st.SecureDeleteMsg(ctx, 1)
	fmt.Println("bucket, deletion of a message is not permitted:", err != nil && strings.Contains(err.Error(), "message delete not permitted"))
	must(kv.Purge(ctx, "job"))
	fmt.Printf("bucket, after a purge of the key: text in the files: %t\n", onDisk("the title of the job"))
}
GO
(cd "$dir" && go mod init finding && go mod edit -require github.com/nats-io/nats-server/v2@v2.15.2 -require github.com/nats-io/nats.go@v1.55.0 && go mod tidy) >"$dir/log" 2>&1 || { cat "$dir/log" >&2; exit 2; }
seen=$(cd "$dir" && go run . "$dir/data")
echo "$seen"
diff <(sed -n 's/^#   //p' "$0") <(echo "$seen")

#!/bin/bash
# Go 1.26.8, http.ServeContent and with it http.FileServer: four answers to ranges that RFC
# 9110 has otherwise. A unit that is not known (14.2: the field must be ignored) and "Bytes"
# in a capital (14.1: names of units are not case-sensitive) are refused with 416. HEAD and POST,
# for which ranges are not defined, get 206, so a HEAD that asks how large an MP3 is says
# how large the range is. The last no bytes (14.1.2: not satisfiable) are 206 with a
# Content-Range that ends before it begins.
#
# Output seen:
#   GET bytes=2-5: 206, Content-Range bytes 2-5/10, Content-Length 4
#   GET Bytes=2-5: 416, Content-Range none, Content-Length 14
#   GET seconds=2-5: 416, Content-Range none, Content-Length 14
#   GET bytes=-0: 206, Content-Range bytes 10-9/10, Content-Length 0
#   HEAD bytes=2-5: 206, Content-Range bytes 2-5/10, Content-Length 4
#   POST bytes=2-5: 206, Content-Range bytes 2-5/10, Content-Length 4
#
# Needs Go. Exit 0: it is still so. Exit 1: it has changed.
set -euo pipefail
self=$(realpath "$0")
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
cat >main.go <<'GO'
package main

import (
	"cmp"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"time"
)

func main() {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.ServeContent(w, r, "a.mp3", time.Time{}, strings.NewReader("0123456789"))
	}))
	defer s.Close()
	for _, c := range [][2]string{{"GET", "bytes=2-5"}, {"GET", "Bytes=2-5"}, {"GET", "seconds=2-5"}, {"GET", "bytes=-0"}, {"HEAD", "bytes=2-5"}, {"POST", "bytes=2-5"}} {
		r, err := http.NewRequest(c[0], s.URL, nil)
		if err != nil {
			panic(err)
		}
		r.Header.Set("Range", c[1])
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(2)
		}
		answer.Body.Close()
		fmt.Printf("%s %s: %d, Content-Range %s, Content-Length %d\n", c[0], c[1], answer.StatusCode, cmp.Or(answer.Header.Get("Content-Range"), "none"), answer.ContentLength)
	}
}
GO
go mod init finding >log 2>&1 || { cat log >&2; exit 2; }
go run . | tee seen
diff <(sed -n 's/^#   //p' "$self") seen

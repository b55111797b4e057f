#!/bin/bash
# The format date-time of JSON Schema is the date-time of RFC 3339 (5.6), and no two checkers
# agree on it. ajv-formats 3.0.1 (npm) lets pass what that grammar has not: a space for the
# T, which is mentioned in a note only, and offsets without colon or minutes; its mode "fast"
# lets 30 February pass instead and refuses the space. santhosh-tekuri/jsonschema v6.0.3 (Go)
# is right in all of these. And Go's time.Time refuses from JSON what is right: small
# letters, which RFC 3339 allows, and a leap second. So an event that its producer has checked by a schema is refused by a receiver
# with the same schema, and one that passes there can still fail to be read.
#
# Output seen (RFC 3339, ajv-formats, its fast mode, jsonschema, time.Time):
#   2026-11-29T12:00:00Z: yes yes yes yes yes
#   2026-11-29T12:00:00+0200: no yes yes no no
#   2026-11-29T12:00:00+02: no yes yes no no
#   2026-11-29 12:00:00Z: no yes no no no
#   2026-02-30T12:00:00Z: no no yes no no
#   2026-11-29t12:00:00z: yes yes yes yes no
#   2016-12-31T23:59:60Z: yes yes yes yes no
#
# Needs Go, node and npm. Exit 0: it is still so. Exit 1: it has changed.
set -euo pipefail
self=$(realpath "$0")
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
times=(2026-11-29T12:00:00Z 2026-11-29T12:00:00+0200 2026-11-29T12:00:00+02 "2026-11-29 12:00:00Z" 2026-02-30T12:00:00Z 2026-11-29t12:00:00z 2016-12-31T23:59:60Z)
right=(yes no no no no yes yes)
cat >main.cjs <<'JS'
const Ajv = require("ajv/dist/2020").default, formats = require("ajv-formats").default;
const checks = [undefined, { mode: "fast" }].map(options => formats(new Ajv(), options).compile({ type: "string", format: "date-time" }));
for (const time of process.argv.slice(2)) console.log(checks.map(check => (check(time) ? "yes" : "no")).join(" "));
JS
cat >main.go <<'GO'
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

func yes(err error) string {
	if err != nil {
		return "no"
	}
	return "yes"
}

func main() {
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("time.json", map[string]any{"type": "string", "format": "date-time"}); err != nil {
		panic(err)
	}
	schema := c.MustCompile("time.json")
	for _, text := range os.Args[1:] {
		written, _ := json.Marshal(text)
		fmt.Println(yes(schema.Validate(text)), yes(json.Unmarshal(written, new(time.Time))))
	}
}
GO
{
	npm init -y
	npm install --ignore-scripts ajv@8.20.0 ajv-formats@3.0.1
	go mod init finding
	go get github.com/santhosh-tekuri/jsonschema/v6@v6.0.3
} >log 2>&1 || { cat log >&2; exit 2; }
paste -d' ' <(printf '%s:\n' "${times[@]}") <(printf '%s\n' "${right[@]}") <(node main.cjs "${times[@]}") <(go run . "${times[@]}") | tee seen
diff <(sed -n 's/^#   //p' "$self") seen

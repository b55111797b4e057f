#!/bin/bash
# santhosh-tekuri/jsonschema/v6 6.0.3 compiles the metaschemas of all five drafts of
# JSON Schema in its init: more than a megabyte and thousands of allocations at the start
# of every process that is linked with it, also where no schema is ever compiled. A good
# engineer would expect that to be done at the first schema of a draft. For a command of
# a few milliseconds it is most of its start, and no caller can put it off.
#
# Output seen (the bytes and the count vary a little by version of Go):
#   init of jsonschema/v6: more than 1,000,000 bytes: true
#   init of jsonschema/v6: more than 5,000 allocations: true
#   schemas that the program compiles: 0
#
# Needs Go. Exit 0: it is still so. Exit 1: it has changed.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
cat >main.go <<'GO'
package main

import (
	"os"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

func main() {
	if len(os.Args) > 1 {
		_ = jsonschema.NewCompiler()
	}
}
GO
{
	go mod init finding
	go get github.com/santhosh-tekuri/jsonschema/v6@v6.0.3
	go build -o program .
} >&2 2>log || { cat log >&2; exit 2; }
GODEBUG=inittrace=1 ./program 2>trace
awk '/jsonschema\/v6 @/ {
	print "init of jsonschema/v6: more than 1,000,000 bytes: " ($8 > 1000000 ? "true" : "false")
	print "init of jsonschema/v6: more than 5,000 allocations: " ($10 > 5000 ? "true" : "false")
}' trace | tee seen
echo "schemas that the program compiles: 0" | tee -a seen
cat >want <<'TEXT'
init of jsonschema/v6: more than 1,000,000 bytes: true
init of jsonschema/v6: more than 5,000 allocations: true
schemas that the program compiles: 0
TEXT
cmp -s seen want || { cat trace >&2; echo "it has changed" >&2; exit 1; }

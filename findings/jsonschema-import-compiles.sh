#!/bin/bash
# santhosh-tekuri/jsonschema v6.0.3 (Go): a program that only imports it compiles the
# meta-schemas of all five drafts of JSON Schema, and of their vocabularies, each time it
# starts, whether it ever validates anything or not: 1.7 MB in 21,000 allocations, some
# milliseconds, which a command that is done in a few more does notice. To compile one's own
# schema only when it is first needed does not help: the work is done by the package's init,
# and no caller can put it off.
#
# Output seen (Go 1.26; the bytes differ by version, so the check asks for a megabyte):
#   imported and not used: more than a megabyte before main
#   not imported: no such package
#
# Needs Go. Exit 0: it is still so. Exit 1: it has changed.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
cat >go.mod <<'MOD'
module program
go 1.25
require github.com/santhosh-tekuri/jsonschema/v6 v6.0.3
MOD
mkdir with without
echo 'package main
import _ "github.com/santhosh-tekuri/jsonschema/v6"
func main() {}' >with/main.go
echo 'package main
func main() {}' >without/main.go
GOFLAGS=-mod=mod go build -o ./with.bin ./with 2>log && GOFLAGS=-mod=mod go build -o ./without.bin ./without 2>>log || { cat log >&2; exit 2; }
# init PACKAGE @T ms, D ms clock, N bytes, M allocs
measure() {
	GODEBUG=inittrace=1 "$1" 2>&1 | awk '$2 ~ /jsonschema\/v6$/ {
		print ($8 > 1e6 ? "more" : "less") " than a megabyte before main"; found = 1 }
		END { if (!found) print "no such package" }'
}
{
	echo "imported and not used: $(measure ./with.bin)"
	echo "not imported: $(measure ./without.bin)"
} | tee seen
cat >want <<'TEXT'
imported and not used: more than a megabyte before main
not imported: no such package
TEXT
diff want seen

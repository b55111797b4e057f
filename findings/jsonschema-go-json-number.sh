#!/bin/bash
# google/jsonschema-go v0.4.3 (Go) takes a json.Number for a text. A document that was
# decoded with json.Decoder.UseNumber, so that long numbers keep their digits, passes
# {"type": "string"} where it holds a number, with the length bounds of texts counted on
# its digits, and fails {"type": "integer"} and {"type": "number"}. "minimum" and its kin
# read the same value as a number, so the library contradicts itself. The other Go library
# of the field, santhosh-tekuri/jsonschema v6, decodes with UseNumber itself. Numbers have
# to be handed over as float64 or int.
#
# Output seen (what Validate says of 7):
#   decoded by          string   integer  minimum 8
#   json.Unmarshal      refused  accepted refused
#   Decoder.UseNumber   accepted refused  refused
#
# Needs Go. Exit 0: it is still so. Exit 1: it has changed.
set -euo pipefail
self=$(realpath "$0")
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
cat >go.mod <<'MOD'
module program
go 1.25
MOD
cat >main.go <<'GO'
package main

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/google/jsonschema-go/jsonschema"
)

func says(schema *jsonschema.Schema, value any) string {
	r, err := schema.Resolve(nil)
	if err != nil {
		panic(err)
	}
	if r.Validate(value) != nil {
		return "refused"
	}
	return "accepted"
}

func main() {
	var plain, number any
	if err := json.Unmarshal([]byte("7"), &plain); err != nil {
		panic(err)
	}
	d := json.NewDecoder(strings.NewReader("7"))
	d.UseNumber()
	if err := d.Decode(&number); err != nil {
		panic(err)
	}
	fmt.Println("decoded by          string   integer  minimum 8")
	for _, row := range []struct {
		by    string
		value any
	}{{"json.Unmarshal", plain}, {"Decoder.UseNumber", number}} {
		eight := 8.0
		fmt.Printf("%-19s %-8s %-8s %s\n", row.by,
			says(&jsonschema.Schema{Type: "string"}, row.value),
			says(&jsonschema.Schema{Type: "integer"}, row.value),
			says(&jsonschema.Schema{Minimum: &eight}, row.value))
	}
}
GO
go get github.com/google/jsonschema-go@v0.4.3 2>log || { cat log >&2; exit 2; }
seen=$(go run .)
echo "$seen"
diff <(sed -n 's/^#   //p' "$self") <(echo "$seen")

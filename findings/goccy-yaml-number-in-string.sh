#!/bin/bash
# goccy/go-yaml 1.19.2 decodes a plain scalar that looks like a number into a Go
# string as the number's value and not as it is written: 1.50 becomes "1.5", 012
# becomes "10", 0x1F "31", +7 "7", True "true". The same happens to the keys of a
# map[string]string. Strict mode says nothing about it, and there is no option. A
# version, a bucket or a telephone code in a settings file is another one than was
# meant. go.yaml.in/yaml/v3 3.0.6 keeps the text in all of these.
#
# Output seen:
#   1.50: goccy "1.5", yaml/v3 "1.50"
#   012: goccy "10", yaml/v3 "012"
#   0x1F: goccy "31", yaml/v3 "0x1F"
#   +7: goccy "7", yaml/v3 "+7"
#   True: goccy "true", yaml/v3 "True"
#   key 1.50: goccy "1.5", yaml/v3 "1.50"
#   08: goccy "08", yaml/v3 "08"
#
# Needs Go. Exit 0: it is still so. Exit 1: it has changed.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
cat >main.go <<'GO'
package main

import (
	"fmt"

	goccy "github.com/goccy/go-yaml"
	v3 "go.yaml.in/yaml/v3"
)

type settings struct {
	Version string            `yaml:"version"`
	Keys    map[string]string `yaml:"keys"`
}

func read(unmarshal func([]byte, *settings) error, text string) settings {
	var s settings
	if err := unmarshal([]byte(text), &s); err != nil {
		panic(err)
	}
	return s
}

func both(text string) (g, y settings) {
	strict := func(b []byte, s *settings) error { return goccy.UnmarshalWithOptions(b, s, goccy.Strict()) }
	return read(strict, text), read(func(b []byte, s *settings) error { return v3.Unmarshal(b, s) }, text)
}

func main() {
	for _, scalar := range []string{"1.50", "012", "0x1F", "+7", "True"} {
		g, y := both("version: " + scalar + "\n")
		fmt.Printf("%s: goccy %q, yaml/v3 %q\n", scalar, g.Version, y.Version)
	}
	g, y := both("keys: {1.50: x}\n")
	for k := range g.Keys {
		for l := range y.Keys {
			fmt.Printf("key 1.50: goccy %q, yaml/v3 %q\n", k, l)
		}
	}
	g, y = both("version: 08\n")
	fmt.Printf("08: goccy %q, yaml/v3 %q\n", g.Version, y.Version)
}
GO
{
	go mod init finding
	go get github.com/goccy/go-yaml@v1.19.2 go.yaml.in/yaml/v3@v3.0.6
} >&2 2>log || { cat log >&2; exit 2; }
go run . | tee seen
cat >want <<'TEXT'
1.50: goccy "1.5", yaml/v3 "1.50"
012: goccy "10", yaml/v3 "012"
0x1F: goccy "31", yaml/v3 "0x1F"
+7: goccy "7", yaml/v3 "+7"
True: goccy "true", yaml/v3 "True"
key 1.50: goccy "1.5", yaml/v3 "1.50"
08: goccy "08", yaml/v3 "08"
TEXT
cmp -s seen want || { echo "it has changed" >&2; exit 1; }

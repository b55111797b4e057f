#!/bin/bash
# golang.org/x/text v0.43.0 has the plural rules of CLDR 32 of 2017. Since then French,
# Spanish, Italian, Portuguese and Catalan have a form "many" for millions, by which "un millón
# de euros" gets its "de"; Macedonian has no "one" for 11, and Hebrew no "many". So a program
# in Go and a page that asks Intl.PluralRules or make-plural 8.1.0 (npm) disagree, and forms
# "many" that translators have written for these languages are never chosen. Of 34
# languages, 8 differ in a number below.
#
# Output seen (0, 1, 2, 5, 11, 20, 21, 100, 111, 1000000):
#   ca 1000000: x/text other, CLDR today many
#   es 1000000: x/text other, CLDR today many
#   fr 1000000: x/text other, CLDR today many
#   he 20: x/text many, CLDR today other
#   it 1000000: x/text other, CLDR today many
#   mk 11: x/text one, CLDR today other
#   mt 2: x/text few, CLDR today two
#   pt 1000000: x/text other, CLDR today many
#   8 of 34 languages
#
# Needs Go, node and npm. Exit 0: it is still so. Exit 1: it has changed.
set -euo pipefail
self=$(realpath "$0")
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
languages=(ar bg ca cs da de el en es fa fi fr ga gl he hr hu hy is it lt lv mk mt nb nl pl pt ro ru sk sl sv uk)
cat >main.go <<'GO'
package main

import (
	"fmt"
	"os"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
)

func main() {
	names := []string{plural.Other: "other", plural.Zero: "zero", plural.One: "one", plural.Two: "two", plural.Few: "few", plural.Many: "many"}
	for _, l := range os.Args[1:] {
		for _, n := range []int{0, 1, 2, 5, 11, 20, 21, 100, 111, 1000000} {
			fmt.Println(l, n, names[plural.Cardinal.MatchPlural(language.MustParse(l), n, 0, 0, 0, 0)])
		}
	}
}
GO
cat >main.mjs <<'JS'
import * as plurals from "make-plural/plurals";
for (const l of process.argv.slice(2)) for (const n of [0, 1, 2, 5, 11, 20, 21, 100, 111, 1000000]) console.log(l, n, plurals[l === "nb" ? "no" : l](n));
JS
{
	go mod init finding
	go get golang.org/x/text@v0.43.0
	npm init -y
	npm install --ignore-scripts make-plural@8.1.0
} >log 2>&1 || { cat log >&2; exit 2; }
go run . "${languages[@]}" >go.out
node main.mjs "${languages[@]}" >js.out
# The first number of each language in which they differ.
paste -d' ' go.out js.out | awk '$3 != $6 && !seen[$1]++ {print $1 " " $2 ": x/text " $3 ", CLDR today " $6}' >differ
{
	cat differ
	echo "$(wc -l <differ) of ${#languages[@]} languages"
} | tee seen
diff <(sed -n 's/^#   //p' "$self") seen

#!/bin/bash
# golang.org/x/text v0.43.0, language.NewMatcher: of English (first, so the default) and
# Russian it gives somebody who asks for Ukrainian alone Russian, with index 1 and confidence
# No, the same confidence with which it gives a Pole the default. So a language that was
# chosen and none cannot be told apart by index and tag, and by the confidence alone only if
# one knows that with No the tag is not the default. @formatjs/intl-localematcher 0.10.1 (npm)
# gives English; on Kazakh, Azerbaijani and Armenian, which CLDR sends to Russian, both agree.
# The data is of CLDR 32 of 2017. Who chooses a voice for a page by a matcher and takes what
# it returns has a Ukrainian text read by a Russian voice.
#
# Output seen:
#   CLDR 32
#   uk: x/text ru, index 1, No; formatjs en
#   pl: x/text en, index 0, No; formatjs en
#   kk: x/text ru, index 1, High; formatjs ru
#   az: x/text ru, index 1, High; formatjs ru
#   hy: x/text ru, index 1, High; formatjs ru
#   uk, then en: x/text en, index 0, Exact; formatjs en
#
# Needs Go, node and npm. Exit 0: it is still so. Exit 1: it has changed.
set -euo pipefail
self=$(realpath "$0")
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
cat >main.go <<'GO'
package main

import (
	"fmt"
	"os"
	"strings"

	"golang.org/x/text/language"
)

func main() {
	fmt.Println(language.CLDRVersion)
	m := language.NewMatcher([]language.Tag{language.English, language.Russian})
	for _, asked := range os.Args[1:] {
		var tags []language.Tag
		for l := range strings.SplitSeq(asked, ", then ") {
			tags = append(tags, language.MustParse(l))
		}
		tag, index, confidence := m.Match(tags...)
		fmt.Printf("x/text %v, index %d, %v\n", tag, index, confidence)
	}
}
GO
cat >main.mjs <<'JS'
import { match } from "@formatjs/intl-localematcher";
for (const asked of process.argv.slice(2)) console.log("formatjs", match(asked.split(", then "), ["en", "ru"], "en"));
JS
{
	go mod init finding
	go get golang.org/x/text@v0.43.0
	npm init -y
	npm install --ignore-scripts @formatjs/intl-localematcher@0.10.1
} >log 2>&1 || { cat log >&2; exit 2; }
asked=(uk pl kk az hy "uk, then en")
go run . "${asked[@]}" >go.out
node main.mjs "${asked[@]}" >js.out
{
	echo "CLDR $(head -1 go.out)"
	paste -d'|' <(printf '%s: \n' "${asked[@]}") <(tail -n +2 go.out | sed 's/$/; /') js.out | tr -d '|'
} | tee seen
diff <(sed -n 's/^#   //p' "$self") seen

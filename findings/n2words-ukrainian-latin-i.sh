#!/bin/bash
# n2words 4.0.0 (npm) writes Ukrainian numbers with the Latin letter i (U+0069)
# in place of the Cyrillic і (U+0456), which looks the same: a voice spells such a
# word out or switches to English, and no comparison with right words holds. It
# has it from Python's num2words, whose version in Debian (0.5.10) does the same.
#
# Output seen:
#   шiсть: U+0448 U+0069 U+0441 U+0442 U+044C
#   третiй: U+0442 U+0440 U+0435 U+0442 U+0069 U+0439
#
# Needs node and npm. Exit 0: it is still so. Exit 1: it has changed.
set -euo pipefail
self=$(realpath "$0")
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm pack n2words@4.0.0 >log 2>&1 || { cat log >&2; exit 2; }
tar -xzf n2words-4.0.0.tgz
cat >say.mjs <<'JS'
import { toCardinal, toOrdinal } from './package/src/uk-UA.js'
for (const word of [toCardinal(6), toOrdinal(3)]) {
  const points = [...word].map(c => 'U+' + c.codePointAt(0).toString(16).toUpperCase().padStart(4, '0'))
  console.log(word + ': ' + points.join(' '))
}
JS
seen=$(node say.mjs)
echo "$seen"
diff <(sed -n 's/^#   //p' "$self") <(echo "$seen")

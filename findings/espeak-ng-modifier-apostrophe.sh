#!/bin/bash
# espeak-ng 1.51 (Debian 12) reads the Ukrainian apostrophe in two of its three
# forms: U+0027 and U+2019. U+02BC, which Unicode recommends and CLDR writes,
# breaks the word: the letters around it are spoken by their names, and an English
# voice says "adjective". "п'ять" (five) is one syllable, "пʼять" is not.
#
# Output seen:
#   U+0027 p'jat
#   U+2019 p'jat
#   U+02BC p'E _:(en)I2dZ'EktI2v_(uk) 'ja t'E m;'jak;Ijzn'Ak
#
# Needs Debian 12. Exit 0: it is still so. Exit 1: it has changed.
set -euo pipefail
self=$(realpath "$0")
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
chmod 777 "$dir"
version=1.51+dfsg-10+deb12u2
apt-get download -q "espeak-ng=$version" "espeak-ng-data=$version" "libespeak-ng1=$version" libpcaudio0 libsonic0 >log 2>&1 || { cat log >&2; exit 2; }
for package in *.deb; do dpkg -x "$package" root; done
library=$(dirname "$(find root -name 'libespeak-ng.so.1' | head -1)")
data=$(dirname "$(dirname "$(find root -name phontab | head -1)")")
say() { LD_LIBRARY_PATH=$library root/usr/bin/espeak-ng --path="$data" -v uk -q -x "$1" | sed 's/^ *//; s/ *$//'; }
seen=$(
	printf 'U+0027 %s\n' "$(say "п'ять")"
	printf 'U+2019 %s\n' "$(say $'п\u2019ять')"
	printf 'U+02BC %s\n' "$(say $'п\u02bcять')"
)
echo "$seen"
diff <(sed -n 's/^#   //p' "$self") <(echo "$seen")

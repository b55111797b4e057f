#!/bin/bash
# espeak-ng 1.51 (Debian 12), Portuguese: every word of capitals that makes a Roman numeral
# is said as the number, names and initialisms too: "MC" is 1100, "DC" 600, "MD" 1500, the
# radio station "MIX" 1009. Only CD, CC and a few more are letters. Other languages have a
# guard: Italian, Spanish and Czech say XI and XL as numbers and spell MC. French, Hungarian
# and Romanian take "MM" for millimetres, so the French "MM. Martin et Petit" (Messieurs)
# begins with "millimètre". In small letters "mix" is a word and "mc" is spelled.
#
# Output seen:
#   pt MC m'il_ s'eIN (mil: m'il, cem: s'eIN)
#   pt MIX m'il_ i n'Ovy (nove: n'Ovy)
#   pt DC s,eIs'eINtus# (seiscentos: s,eIs'eINtUs#)
#   pt CD s,ed'e
#   pt mix m'iks
#   pt mc ,Ems'e
#   it MC ,EmmetS'i
#   es MC ,emeT'e
#   fr MM. milim'Etr (millimètre: milim'Etr)
#   hu MM m'ilime:tER2 (milliméter: m'ilime:tER2)
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
say() { LD_LIBRARY_PATH=$library root/usr/bin/espeak-ng --path="$data" -v "$1" -q -x "$2" | sed 's/^ *//; s/ *$//'; }
seen=$(
	echo "pt MC $(say pt MC) (mil: $(say pt mil), cem: $(say pt cem))"
	echo "pt MIX $(say pt MIX) (nove: $(say pt nove))"
	echo "pt DC $(say pt DC) (seiscentos: $(say pt seiscentos))"
	echo "pt CD $(say pt CD)"
	echo "pt mix $(say pt mix)"
	echo "pt mc $(say pt mc)"
	echo "it MC $(say it MC)"
	echo "es MC $(say es MC)"
	echo "fr MM. $(say fr MM.) (millimètre: $(say fr millimètre))"
	echo "hu MM $(say hu MM) (milliméter: $(say hu milliméter))"
)
echo "$seen"
diff <(sed -n 's/^#   //p' "$self") <(echo "$seen")

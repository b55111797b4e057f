#!/bin/bash
# The rules of CLDR 48.2.0 (npm cldr-rbnf) spell some ordinals and cardinals
# wrongly, so what ICU says by them is wrong too. Polish ordinals put the stem of
# pięt-, szes-, dziewięt- (right before -naście) before -dziesiąty: the 50th is
# "piętdziesiąty" for pięćdziesiąty, the 60th "szesdziesiąty", and so each year of
# those decades. The Russian 200th is the cardinal "двести" for двухсотый (so are
# 300th to 900th), the neuter 80th lacks a letter, and from 21,001 on ordinals are
# digits. French writes deux cent millions without the s of cents, and the Spanish
# 800th is octingésimo for octingentésimo.
#
# Output seen:
#   pl 5: pięt; 6: szes; 9: dziewięt; 20: <%%ordinal-tens<$(cardinal,few{dziesty}other{dziesiąty})$[ >>];
#   ru 200: <%spellout-cardinal-feminine<сти[ >>]; 21001: =0=-й;
#   ru 80: восемьдесятое;
#   fr 200: << cent[ >>]; 2000000: <%%spellout-leading< millions[ >>];
#   es 800: octingésimo[ >>];
#
# Needs npm. Exit 0: it is still so. Exit 1: it has changed.
set -euo pipefail
self=$(realpath "$0")
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm pack cldr-rbnf@48.2.0 >log 2>&1 || { cat log >&2; exit 2; }
tar -xzf cldr-rbnf-48.2.0.tgz

rules() { # language, rule set, base values
	local base
	for base in "${@:3}"; do
		awk -v set="$2:" '/^%/ {inside = ($0 == set)} inside' "package/rbnf/$1-SpelloutRules.txt" | grep "^$base: "
	done | paste -sd' '
}
seen=$(
	echo "pl $(rules pl %%ordinal-tens 5 6 9) $(rules pl %spellout-ordinal-masculine 20)"
	echo "ru $(rules ru %spellout-ordinal-masculine 200 21001)"
	echo "ru $(rules ru %spellout-ordinal-neuter 80)"
	echo "fr $(rules fr %%spellout-leading 200) $(rules fr %spellout-cardinal-masculine 2000000)"
	echo "es $(rules es %spellout-ordinal-masculine 800)"
)
echo "$seen"
diff <(sed -n "s/^#   //p" "$self") <(echo "$seen")

#!/bin/bash
# id3v2 0.1.12 with id3lib 3.8.3 (Debian 12) does not see a tag of ID3v2.4, which is of the
# year 2000 and what ffmpeg writes unless told otherwise: -l says "No ID3 tag", and setting
# one field replaces the whole tag by one of ID3v2.3 that has that field alone. A
# disclosure, a comment, chapters and all else is gone, with exit 0 and without a word.
#
# Output seen:
#   by ffmpeg: version 2.4, title Old, AI_DISCLOSURE synthetic voice
#   id3v2 -l: No ID3 tag
#   id3v2 -t New, exit 0: version 2.3, title New, AI_DISCLOSURE none
#   by ffmpeg -id3v2_version 3: version 2.3, title Old, AI_DISCLOSURE synthetic voice
#   id3v2 -l: id3v2 tag info
#   id3v2 -t New, exit 0: version 2.3, title New, AI_DISCLOSURE synthetic voice
#
# Needs ffmpeg and ffprobe. Exit 0: it is still so. Exit 1: it has changed.
set -euo pipefail
self=$(realpath "$0")
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
chmod 777 "$dir"
apt-get download -q id3v2=0.1.12+dfsg-7 libid3-3.8.3v5 >log 2>&1 || { cat log >&2; exit 2; }
for package in *.deb; do dpkg -x "$package" root; done
library=$(dirname "$(find root -name 'libid3-3.8.so.3' | head -1)")
id3v2() { LD_LIBRARY_PATH=$library root/usr/bin/id3v2 "$@"; }

# A second of silence: frames of MPEG-2 layer III, 24 kHz, mono, 48 kbit/s.
for _ in $(seq 42); do
	printf '\xff\xf3\x64\xc4'
	head -c 140 /dev/zero
done >silence.mp3
tell() { # what, file
	local title disclosure
	title=$(ffprobe -v error -show_entries format_tags=title -of default=nw=1:nk=1 "$2")
	disclosure=$(ffprobe -v error -show_entries format_tags=AI_DISCLOSURE -of default=nw=1:nk=1 "$2")
	echo "$1: version 2.$(od -An -tu1 -j 3 -N 1 "$2" | tr -d ' '), title $title, AI_DISCLOSURE ${disclosure:-none}"
}
for version in 4 3; do
	file=$version.mp3 option=" -id3v2_version $version"
	[ "$version" = 3 ] || option=
	# shellcheck disable=SC2086 # none, or an option and its value
	ffmpeg -nostdin -v error -i silence.mp3 -c copy -metadata title=Old -metadata AI_DISCLOSURE="synthetic voice" $option "$file"
	tell "by ffmpeg$option" "$file"
	echo "id3v2 -l: $(id3v2 -l "$file" | grep -o 'No ID3 tag\|id3v2 tag info')"
	status=0
	id3v2 -t New "$file" || status=$?
	tell "id3v2 -t New, exit $status" "$file"
done | tee seen
diff <(sed -n 's/^#   //p' "$self") seen

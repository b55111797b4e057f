#!/bin/bash
# LAME 3.100 at a constant bit rate does not let its bit reservoir run dry in
# digital silence: main_data_begin, the distance in bytes back to where a frame's
# data begins (ISO/IEC 13818-3 2.4.1.7), is the same in every frame of three silent
# seconds, far from 0, though such a frame has next to no data of its own. One
# would guess that a long pause is a good place to cut. It is not: wherever in it
# the cut is made, the frames behind it refer to bytes in front of it.
#
# Output seen:
#   frames of silence looked at: 60
#   with main_data_begin 0: 0
#   values of main_data_begin: 124
#
# Needs Debian's lame (3.100), which it unpacks into a temporary folder if it is
# not installed. Exit 0: it is still so. Exit 1: it has changed.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
lame=$(command -v lame || true)
if [ -z "$lame" ]; then
	(cd "$dir" && apt-get download -q lame libmp3lame0 && for p in *.deb; do dpkg -x "$p" .; done) >&2
	lame=$dir/usr/bin/lame
	export LD_LIBRARY_PATH=$dir/usr/lib/x86_64-linux-gnu
fi
# One second of a 440 Hz square wave, then three seconds of zeros: 16 bits, mono, 24 kHz.
half() { for _ in $(seq 27); do printf "$1"; done; }
period=$(mktemp -p "$dir")
{ half '\x00\x20'; half '\x00\xe0'; } >"$period"
{
	for _ in $(seq 440); do cat "$period"; done
	head -c 144000 /dev/zero
} >"$dir/in.pcm"
"$lame" --quiet -r -s 24 --bitwidth 16 -m m -b 48 --cbr -t "$dir/in.pcm" "$dir/out.mp3"
# 48 kbit/s at 24 kHz: frames of 144 bytes, 24 ms each; the first byte of the side
# information behind the four of the header is main_data_begin.
first=60 count=60
for ((n = first; n < first + count; n++)); do
	od -An -tu1 -j $((n * 144)) -N 5 "$dir/out.mp3"
done >"$dir/frames"
bad=$(awk '$1 != 255 || $2 != 243 {n++} END {print n+0}' "$dir/frames")
[ "$bad" = 0 ] || { echo "these are not frames of 144 bytes" >&2; exit 2; }
seen=$(
	echo "frames of silence looked at: $(wc -l <"$dir/frames")"
	echo "with main_data_begin 0: $(awk '$5 == 0' "$dir/frames" | wc -l)"
	echo "values of main_data_begin: $(awk '{print $5}' "$dir/frames" | sort -u | xargs)"
)
echo "$seen"
diff <(sed -n 's/^#   //p' "$0") <(echo "$seen")

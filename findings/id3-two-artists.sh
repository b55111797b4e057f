#!/bin/bash
# ID3v2.4 (4.2) has several artists in one TPE1, with a zero byte between. What readers make
# of it: ffprobe 5.1.9 shows the first alone, node-id3 0.2.9 (npm) runs both together without
# a space, music-metadata 11.16.1 (npm) has two. Programs that only touch something else
# write what they have read: after ffmpeg -c copy the second artist is gone from the file, and
# after node-id3's update of the title the two are one. A text with a comma is the same
# everywhere.
#
# Output seen:
#   music-metadata: Ann Lee | Bob Ray
#   ffprobe: Ann Lee
#   node-id3: Ann LeeBob Ray
#   after ffmpeg -c copy, music-metadata: Ann Lee
#   after node-id3 update of the title, music-metadata: Ann LeeBob Ray
#
# Needs ffmpeg, ffprobe, node and npm. Exit 0: it is still so. Exit 1: it has changed.
set -euo pipefail
self=$(realpath "$0")
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
{
	# A tag of 26 bytes with one frame of 16, whose text is in UTF-8.
	printf 'ID3\x04\x00\x00\x00\x00\x00\x1aTPE1\x00\x00\x00\x10\x00\x00\x03Ann Lee\x00Bob Ray'
	# A second of silence: frames of MPEG-2 layer III, 24 kHz, mono, 48 kbit/s.
	for _ in $(seq 42); do
		printf '\xff\xf3\x64\xc4'
		head -c 140 /dev/zero
	done
} >in.mp3
cat >show.mjs <<'JS'
import { parseFile } from "music-metadata";
console.log((await parseFile(process.argv[2])).common.artists.join(" | ").replaceAll("\0", "\\0"));
JS
cat >node-id3.cjs <<'JS'
const id3 = require("node-id3");
console.log(id3.read("in.mp3").artist.replaceAll("\0", "\\0"));
require("fs").copyFileSync("in.mp3", "updated.mp3");
if (id3.update({ title: "New" }, "updated.mp3") !== true) process.exit(2);
JS
{
	npm init -y
	npm install --ignore-scripts music-metadata@11.16.1 node-id3@0.2.9
} >log 2>&1 || { cat log >&2; exit 2; }
ffmpeg -nostdin -v error -i in.mp3 -c copy copied.mp3
{
	echo "music-metadata: $(node show.mjs in.mp3)"
	echo "ffprobe: $(ffprobe -v error -show_entries format_tags=artist -of default=nw=1:nk=1 in.mp3)"
	echo "node-id3: $(node node-id3.cjs)"
	echo "after ffmpeg -c copy, music-metadata: $(node show.mjs copied.mp3)"
	echo "after node-id3 update of the title, music-metadata: $(node show.mjs updated.mp3)"
} | tee seen
diff <(sed -n 's/^#   //p' "$self") seen

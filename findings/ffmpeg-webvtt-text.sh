#!/bin/bash
# ffmpeg 5.1.9 (Debian 12), WebVTT: its writer escapes nothing. A file that is converted to
# WebVTT again has a bare "&" and "<" where it had &amp; and &lt;, which browsers read as the
# beginning of markup; text that shows a reference (&amp;lt;) now is one. &nbsp; becomes the
# two characters \h, which are shown, and cue identifiers are gone. No message says so.
# From SubRip, whose text knows no references, "R&D" comes as it is as well. Only -c copy
# keeps the text.
#
# Output seen:
#   cue: AT&amp;T: 1 &lt; 2 &amp;lt;&nbsp;x
#   WebVTT to WebVTT: AT&T: 1 < 2 &lt;\hx
#   WebVTT to WebVTT, copied: AT&amp;T: 1 &lt; 2 &amp;lt;&nbsp;x
#   identifiers: 1 before, 0 converted, 1 copied
#   SubRip: R&D, 1 < 2
#   SubRip to WebVTT: R&D, 1 < 2
#
# Needs ffmpeg. Exit 0: it is still so. Exit 1: it has changed.
set -euo pipefail
self=$(realpath "$0")
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
printf 'WEBVTT\n\nfirst\n00:00:00.000 --> 00:00:01.500\nAT&amp;T: 1 &lt; 2 &amp;lt;&nbsp;x\n' >in.vtt
printf '1\n00:00:00,000 --> 00:00:01,500\nR&D, 1 < 2\n' >in.srt
convert() { ffmpeg -nostdin -v error "$@"; }
convert -i in.vtt out.vtt
convert -i in.vtt -c copy copied.vtt
convert -i in.srt srt.vtt
text() { awk 'seen {print; exit} / --> / {seen = 1}' "$1"; }
{
	echo "cue: $(text in.vtt)"
	echo "WebVTT to WebVTT: $(text out.vtt)"
	echo "WebVTT to WebVTT, copied: $(text copied.vtt)"
	echo "identifiers: $(grep -c '^first' in.vtt) before, $(grep -c '^first' out.vtt || true) converted, $(grep -c '^first' copied.vtt) copied"
	echo "SubRip: $(text in.srt)"
	echo "SubRip to WebVTT: $(text srt.vtt)"
} | tee seen
diff <(sed -n 's/^#   //p' "$self") seen

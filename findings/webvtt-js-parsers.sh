#!/bin/bash
# Parsers of WebVTT on npm and valid files (W3C WebVTT, 4.1): subtitle 4.2.2 knows identifiers
# of cues that are whole numbers and throws at any other, as it and node-webvtt 1.9.4 do at
# tabs around the arrow. node-webvtt loses a cue without text, and @plussub/srt-vtt-parser
# 2.0.5 reads on over it and shows the times of the next cue as text. media-captions 1.0.4
# loses what is at 100 hours and later, without a message. Only webvtt-parser 2.2.0, which
# follows the W3C's algorithm, reads all of them.
#
# Output seen:
#   identifier 0.1: subtitle throws, node-webvtt 2, @plussub 2, media-captions 2, webvtt-parser 2
#   identifier 7: subtitle 2, node-webvtt 2, @plussub 2, media-captions 2, webvtt-parser 2
#   tabs: subtitle throws, node-webvtt throws, @plussub 2, media-captions 2, webvtt-parser 2
#   100 hours: subtitle 2, node-webvtt 2, @plussub 2, media-captions 1, webvtt-parser 2
#   no text: subtitle 2, node-webvtt 1, @plussub 1, media-captions 2, webvtt-parser 2
#   @plussub, no text, the text of the first: "00:00:01.500 --> 00:00:03.000", "Two"
#
# Needs node and npm. Exit 0: it is still so. Exit 1: it has changed.
set -euo pipefail
self=$(realpath "$0")
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
cat >main.mjs <<'JS'
import * as plussub from "@plussub/srt-vtt-parser";
import { parseText } from "media-captions";
import webvtt from "node-webvtt";
import subtitle from "subtitle";
import w3c from "webvtt-parser";

const file = (...cues) => ["WEBVTT", ...cues].join("\n\n") + "\n";
const files = {
  "identifier 0.1": file("0.0\n00:00:00.000 --> 00:00:01.500\nOne", "0.1\n00:00:01.500 --> 00:00:03.000\nTwo"),
  "identifier 7": file("7\n00:00:00.000 --> 00:00:01.500\nOne", "8\n00:00:01.500 --> 00:00:03.000\nTwo"),
  tabs: file("00:00:00.000\t-->\t00:00:01.500\nOne", "00:00:01.500 --> 00:00:03.000\nTwo"),
  "100 hours": file("00:00:00.000 --> 00:00:01.500\nOne", "100:00:01.500 --> 100:00:03.000\nTwo"),
  "no text": file("00:00:00.000 --> 00:00:01.500", "00:00:01.500 --> 00:00:03.000\nTwo"),
};
const parsers = {
  subtitle: text => subtitle.parseSync(text).filter(n => n.type === "cue"),
  "node-webvtt": text => webvtt.parse(text).cues,
  "@plussub": text => plussub.parse(text).entries,
  "media-captions": async text => (await parseText(text, { type: "vtt" })).cues,
  "webvtt-parser": text => new w3c.WebVTTParser().parse(text, "metadata").cues,
};
for (const [name, text] of Object.entries(files)) {
  const seen = [];
  for (const [who, parse] of Object.entries(parsers)) {
    let cues;
    try { cues = (await parse(text)).length; } catch { cues = "throws"; }
    seen.push(`${who} ${cues}`);
  }
  console.log(`${name}: ${seen.join(", ")}`);
}
const shown = parsers["@plussub"](files["no text"])[0].text.split("\n").filter(Boolean);
console.log(`@plussub, no text, the text of the first: ${shown.map(line => JSON.stringify(line)).join(", ")}`);
JS
{
	npm init -y
	npm install --ignore-scripts @plussub/srt-vtt-parser@2.0.5 media-captions@1.0.4 node-webvtt@1.9.4 subtitle@4.2.2 webvtt-parser@2.2.0
} >log 2>&1 || { cat log >&2; exit 2; }
node main.mjs | tee seen
diff <(sed -n 's/^#   //p' "$self") seen

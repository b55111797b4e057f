#!/bin/bash
# podcast-partytime 5.0.0 (npm), the parser of the Podcast Index, and @extractus/feed-extractor
# 8.0.3 read the guid of an item as a number where it looks like one, and write the number
# as text again: the episodes "1.1" and "1.10" of a season become one and the same, "007" is
# "7", and an id of 24 hexadecimal digits that has one e among decimals, as some of Ghost
# and MongoDB have, is another one. Partytime leaves out an item whose guid is "true", as if
# it had none. Both read XML by fast-xml-parser, whose default does this; long integers, such
# as those of 19 digits, it leaves alone. feedsmith 3.0.1, which has the same parser below
# it, and rss-parser 3.13.0 keep the text.
#
# Output seen:
#   1.1: partytime 1.1, feed-extractor 1.1, feedsmith 1.1, rss-parser 1.1
#   1.10: partytime 1.1, feed-extractor 1.1, feedsmith 1.10, rss-parser 1.10
#   007: partytime 7, feed-extractor 7, feedsmith 007, rss-parser 007
#   1860012345678901234: partytime 1860012345678901234, feed-extractor 1860012345678901234, feedsmith 1860012345678901234, rss-parser 1860012345678901234
#   692100000000000000000e01: partytime 6.921e+21, feed-extractor 6.921e+21, feedsmith 692100000000000000000e01, rss-parser 692100000000000000000e01
#   true: partytime no item, feed-extractor true, feedsmith true, rss-parser true
#
# Needs node and npm. Exit 0: it is still so. Exit 1: it has changed.
set -euo pipefail
self=$(realpath "$0")
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
cat >main.mjs <<'JS'
import { extractFromXml } from "@extractus/feed-extractor";
import { parseRssFeed } from "feedsmith";
import { parseFeed } from "podcast-partytime";
import RSSParser from "rss-parser";

const feed = guid => `<rss version="2.0"><channel><title>News</title><link>https://reader.example/</link><description>News, read aloud</description>
  <item><title>One</title><link>https://reader.example/1</link><guid isPermaLink="false">${guid}</guid>
  <enclosure url="https://reader.example/1.mp3" length="1000" type="audio/mpeg"/></item></channel></rss>`;
const item = list => list?.[0];
for (const guid of ["1.1", "1.10", "007", "1860012345678901234", "692100000000000000000e01", "true"]) {
  const xml = feed(guid);
  const seen = {
    partytime: item(parseFeed(xml)?.items)?.guid,
    "feed-extractor": item(extractFromXml(xml).entries)?.id,
    feedsmith: item(parseRssFeed(xml).items)?.guid.value,
    "rss-parser": item((await new RSSParser().parseString(xml)).items)?.guid,
  };
  console.log(`${guid}: ${Object.entries(seen).map(([who, id]) => `${who} ${id ?? "no item"}`).join(", ")}`);
}
JS
{
	npm init -y
	npm install --ignore-scripts podcast-partytime@5.0.0 @extractus/feed-extractor@8.0.3 feedsmith@3.0.1 rss-parser@3.13.0 fast-xml-parser@5.12.1
} >log 2>&1 || { cat log >&2; exit 2; }
node main.mjs >out 2>warnings || { cat warnings >&2; exit 2; }
grep ', rss-parser ' out | tee seen # the rest are warnings of partytime
diff <(sed -n 's/^#   //p' "$self") seen

#!/bin/bash
# Chromium 156: HTMLMediaElement.played holds what was never played. Where a page
# sets currentTime before anything is loaded (preload=none), as a player does that
# takes up where the listener left, and then plays, played begins at 0 and not at
# that place. The HTML standard has it be the ranges that have been rendered. Set
# once the metadata is there, the same jump is right. Who counts by played which
# part of a sound was heard counts all that stood before the place.
#
# Output seen:
#   set before loading: the sound began at 8, played begins at 0
#   set after loading: the sound began at 8, played begins at 8
#
# Needs node, npm and a Chromium. Exit 0: it is still so. Exit 1: it has changed.
set -euo pipefail
browser=$(command -v chromium || command -v chromium-browser || command -v google-chrome) || { echo "no Chromium here" >&2; exit 2; }
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >log 2>&1 && PUPPETEER_SKIP_DOWNLOAD=1 npm install puppeteer-core@25.16.0 >>log 2>&1 || { cat log >&2; exit 2; }
cat >main.mjs <<'JS'
import { createServer } from "node:http";
import puppeteer from "puppeteer-core";

// Ten seconds of silence, 8 kHz mono, 8 bit.
const wav = Buffer.alloc(44 + 80000, 128);
wav.write("RIFF", 0); wav.writeUInt32LE(36 + 80000, 4); wav.write("WAVEfmt ", 8); wav.writeUInt32LE(16, 16); wav.writeUInt16LE(1, 20);
wav.writeUInt16LE(1, 22); wav.writeUInt32LE(8000, 24); wav.writeUInt32LE(8000, 28); wav.writeUInt16LE(1, 32); wav.writeUInt16LE(8, 34);
wav.write("data", 36); wav.writeUInt32LE(80000, 40);
const server = createServer((q, s) => {
  if (q.url !== "/silence.wav") return s.setHeader("Content-Type", "text/html"), s.end("<!doctype html><audio preload=none src=silence.wav></audio>");
  const [, from, to] = /bytes=(\d+)-(\d*)/.exec(q.headers.range ?? "bytes=0-").map(Number), end = to || wav.length - 1;
  s.writeHead(206, { "Content-Type": "audio/wav", "Accept-Ranges": "bytes", "Content-Range": `bytes ${from}-${end}/${wav.length}` });
  s.end(wav.subarray(from, end + 1));
}).listen(0, "127.0.0.1");
await new Promise(go => server.on("listening", go));
const browser = await puppeteer.launch({ executablePath: process.argv[2], timeout: 0, protocolTimeout: 0,
  args: ["--no-sandbox", "--autoplay-policy=no-user-gesture-required", "--mute-audio"] });
const page = await browser.newPage();
page.setDefaultTimeout(0);
for (const when of ["before", "after"]) {
  await page.goto(`http://127.0.0.1:${server.address().port}/`);
  const [began, played] = await page.evaluate(async when => {
    const a = document.querySelector("audio"), event = name => new Promise(go => a.addEventListener(name, go, { once: true }));
    if (when === "after") { a.preload = "auto"; a.load(); await event("loadedmetadata"); }
    a.currentTime = 8;
    const playing = event("playing");
    await a.play();
    await playing;
    const began = a.currentTime;
    await event("ended");
    return [began, a.played.start(0)];
  }, when);
  console.log(`set ${when} loading: the sound began at ${Math.floor(began)}, played begins at ${Math.floor(played)}`);
}
await browser.close();
server.close();
JS
node main.mjs "$browser" | tee seen
cat >want <<'TEXT'
set before loading: the sound began at 8, played begins at 0
set after loading: the sound began at 8, played begins at 8
TEXT
cmp -s seen want || { echo "it has changed" >&2; exit 1; }

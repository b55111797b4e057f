#!/bin/bash
# cloudevents 10.0.0 (npm), HTTP.toEvent: what it makes of valid events in HTTP's form. An
# event without a time, which is an optional attribute, gets the moment of its reading as
# its time, another one at each reading, and passes it on as if the producer had said so.
# The parameter charset is known in one spelling only, "; charset=utf-8": with UTF-8 in
# capitals or without the space a structured event is refused, and the JSON of a binary one
# stays a string. An attribute beyond ASCII, percent-encoded in a header as the HTTP
# binding 1.0.2 (3.1.3.2) has it, is not decoded, and HTTP.binary does not encode one: fetch
# refuses the header.
#
# Output seen:
#   no time, read twice: two times
#   application/cloudevents+json: read
#   application/cloudevents+json; charset=utf-8: read
#   application/cloudevents+json; charset=UTF-8: invalid content type
#   application/cloudevents+json;charset=utf-8: invalid content type
#   application/json; charset=utf-8: data is of type object
#   application/json; charset=UTF-8: data is of type string
#   subject %D0%9A%D0%B8%D1%97%D0%B2 is read as %D0%9A%D0%B8%D1%97%D0%B2
#   subject Київ is written as Київ, fetch: TypeError
#
# Needs node and npm. Exit 0: it is still so. Exit 1: it has changed.
set -euo pipefail
self=$(realpath "$0")
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
cat >main.mjs <<'JS'
import { setTimeout } from "node:timers/promises";
import { CloudEvent, HTTP } from "cloudevents";

const attributes = { specversion: "1.0", id: "1", source: "/cms", type: "article.published" };
const binary = (more, type = "application/json") => HTTP.toEvent({
  headers: { "content-type": type, ...Object.fromEntries(Object.entries({ ...attributes, ...more }).map(([k, v]) => ["ce-" + k, v])) },
  body: '{"title":"A"}',
});

const first = binary({}).time;
await setTimeout(20);
console.log("no time, read twice:", first === undefined ? "no time" : first === binary({}).time ? "one time" : "two times");
for (const type of ["", "; charset=utf-8", "; charset=UTF-8", ";charset=utf-8"].map(p => "application/cloudevents+json" + p)) {
  let seen = "read";
  try { HTTP.toEvent({ headers: { "content-type": type }, body: JSON.stringify({ ...attributes, data: { title: "A" } }) }); }
  catch (e) { seen = e.message.replace(` ${type}`, ""); }
  console.log(`${type}: ${seen}`);
}
for (const type of ["application/json; charset=utf-8", "application/json; charset=UTF-8"]) console.log(`${type}: data is of type ${typeof binary({}, type).data}`);
const encoded = encodeURIComponent("Київ");
console.log(`subject ${encoded} is read as ${binary({ subject: encoded }).subject}`);
const { headers } = HTTP.binary(new CloudEvent({ ...attributes, subject: "Київ", data: {} }));
let sent = "sent";
try { new Headers(headers); } catch (e) { sent = e.name; }
console.log(`subject Київ is written as ${headers["ce-subject"]}, fetch: ${sent}`);
JS
{
	npm init -y
	npm install --ignore-scripts cloudevents@10.0.0
} >log 2>&1 || { cat log >&2; exit 2; }
node main.mjs | tee seen
diff <(sed -n 's/^#   //p' "$self") seen

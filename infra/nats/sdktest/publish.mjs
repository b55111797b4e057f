// Publishes three articles by the packages cloudevents and nats of npm, one in each
// form in which an event can stand in a NATS message.
import { connect, headers } from "nats";
import { CloudEvent, HTTP } from "cloudevents";

const [structured, binary, bare] = process.env.SUBJECTS.split(" ");
const nc = await connect({ servers: process.env.NATS_URL, user: process.env.NATS_USER, pass: process.env.NATS_PASSWORD });
const js = nc.jetstream();

function event(id) {
  return new CloudEvent({
    source: "https://cms.example", type: "lector.article.published.v1", datacontenttype: "application/json",
    data: {
      site: "havana", id, title: "The bridge opens", language: "en", visibility: "public",
      body: { content_type: "text/html", content: "<p>The bridge opened at noon.</p>" },
    },
  });
}

async function publish(subject, message) {
  const h = headers();
  for (const [name, value] of Object.entries(message.headers ?? {})) h.set(name, String(value));
  const body = typeof message.body === "string" ? message.body : JSON.stringify(message.body);
  const ack = await js.publish(subject, body, { headers: h });
  console.log("stored as", ack.seq);
}

await publish(structured, HTTP.structured(event("structured")));
await publish(binary, HTTP.binary(event("binary")));
await publish(bare, { body: JSON.stringify(event("bare")) });
await nc.close();

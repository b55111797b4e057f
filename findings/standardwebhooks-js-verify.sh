#!/bin/bash
# standardwebhooks 1.1.1 (npm) and the Go library of the same project, v0.0.1, disagree on
# what is right. verify() in JavaScript finds no header in the Headers of a Request of the
# Fetch API, which is what handlers of Next.js, Deno and Workers have: it looks at own
# properties, of which there are none, and the types allow it. A payload whose signature
# is right and that is no JSON ends with a SyntaxError, not with the library's own error,
# so a handler that maps that one to 400 answers 500. A secret without the padding of its
# base64 is good in JavaScript and refused in Go; one that ends with a line feed, as a file
# does, is good in Go and refused in JavaScript.
#
# Output seen:
#   JavaScript, object of headers: verified
#   JavaScript, Headers: WebhookVerificationError: Missing required headers
#   JavaScript, text that is signed: SyntaxError
#   JavaScript, secret with padding: ends with pjiM=
#   JavaScript, secret without padding: ends with pjiM=
#   JavaScript, secret with a line feed: refused
#   Go, secret with padding: ends with pjiM=
#   Go, secret without padding: refused
#   Go, secret with a line feed: ends with pjiM=
#
# Needs Go, node and npm. Exit 0: it is still so. Exit 1: it has changed.
set -euo pipefail
self=$(realpath "$0")
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
cat >main.mjs <<'JS'
import { Webhook } from "standardwebhooks";

const secret = "whsec_" + Buffer.alloc(32, "a").toString("base64");
const webhook = new Webhook(secret);
const headers = payload => ({
  "webhook-id": "1", "webhook-timestamp": String(Math.floor(Date.now() / 1000)), "webhook-signature": webhook.sign("1", new Date(), payload),
});
const tell = (what, run) => {
  let seen;
  try { seen = run(); } catch (e) { seen = e; }
  console.log(`JavaScript, ${what}: ${seen}`);
};
const verify = (payload, headers) => {
  try { return webhook.verify(payload, headers) && "verified"; } catch (e) { return e.name === "SyntaxError" ? e.name : e; }
};
tell("object of headers", () => verify("{}", headers("{}")));
tell("Headers", () => verify("{}", new Headers(headers("{}"))));
tell("text that is signed", () => verify("audio.ready", headers("audio.ready")));
for (const [what, s] of [["with padding", secret], ["without padding", secret.replace("=", "")], ["with a line feed", secret + "\n"]])
  tell(`secret ${what}`, () => {
    try { return "ends with " + new Webhook(s).sign("1", new Date(0), "{}").slice(-5); } catch { return "refused"; }
  });
JS
cat >main.go <<'GO'
package main

import (
	"fmt"
	"strings"
	"time"

	webhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
)

func main() {
	secret := "whsec_YWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWE="
	for _, s := range [][2]string{{"with padding", secret}, {"without padding", strings.TrimRight(secret, "=")}, {"with a line feed", secret + "\n"}} {
		seen := "refused"
		if w, err := webhooks.NewWebhook(s[1]); err == nil {
			signature, _ := w.Sign("1", time.Unix(0, 0), []byte("{}"))
			seen = "ends with " + signature[len(signature)-5:]
		}
		fmt.Printf("Go, secret %s: %s\n", s[0], seen)
	}
}
GO
{
	npm init -y
	npm install --ignore-scripts standardwebhooks@1.1.1
	go mod init finding
	go get github.com/standard-webhooks/standard-webhooks/libraries@v0.0.1
} >log 2>&1 || { cat log >&2; exit 2; }
{
	node main.mjs
	go run .
} | tee seen
diff <(sed -n 's/^#   //p' "$self") seen

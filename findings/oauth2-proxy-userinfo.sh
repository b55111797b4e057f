#!/bin/bash
# oauth2-proxy 7.15.6, provider "oidc": a login needs more than the verified address that
# is asked for. Where the ID token lacks "groups" or "preferred_username", of which OpenID
# Connect knows the second and demands neither, the proxy asks the provider's
# userinfo_endpoint; if that does not answer with 200, the login ends with status 500 and
# "could not get claim" in the log, also where no setting looks at groups or names. With
# a provider that names no userinfo_endpoint, and so can tell even less, the same person
# is let in.
#
# Output seen:
#   neither claim, no userinfo endpoint named: 302
#   neither claim, userinfo endpoint not there: 500
#   only groups, userinfo endpoint not there: 500
#   both claims, userinfo endpoint not there: 302
#
# Needs Go and curl. Exit 0: it is still so. Exit 1: it has changed.
set -euo pipefail
dir=$(mktemp -d)
pids=()
stop() { for p in "${pids[@]}"; do kill "$p" 2>/dev/null && wait "$p" 2>/dev/null || true; done; pids=(); }
trap 'stop; chmod -R u+w "$dir"; rm -rf "$dir"' EXIT
cd "$dir"
GOFLAGS=-mod=mod GOBIN=$dir go install github.com/oauth2-proxy/oauth2-proxy/v7@v7.15.6 2>log || { cat log >&2; exit 2; }
cat >go.mod <<'MOD'
module provider
go 1.24
MOD
cat >main.go <<'GO'
// A provider of OpenID Connect that lets everybody in as ann@reader.example.
package main

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"
)

var encode = base64.RawURLEncoding.EncodeToString

func main() {
	has := func(word string) bool { return strings.Contains(os.Args[1], word) }
	groups, name, userinfo := has("groups"), has("name"), has("userinfo")
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		log.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	issuer := "http://" + l.Addr().String()
	answer := func(w http.ResponseWriter, v any) {
		w.Header().Set("Content-Type", "application/json")
		json.NewEncoder(w).Encode(v)
	}
	http.HandleFunc("/.well-known/openid-configuration", func(w http.ResponseWriter, r *http.Request) {
		about := map[string]any{"issuer": issuer, "authorization_endpoint": issuer + "/authorize", "token_endpoint": issuer + "/token",
			"jwks_uri": issuer + "/keys", "id_token_signing_alg_values_supported": []string{"RS256"},
			"response_types_supported": []string{"code"}, "subject_types_supported": []string{"public"}}
		if userinfo {
			about["userinfo_endpoint"] = issuer + "/userinfo"
		}
		answer(w, about)
	})
	http.HandleFunc("/keys", func(w http.ResponseWriter, r *http.Request) {
		answer(w, map[string]any{"keys": []any{map[string]string{"kty": "RSA", "alg": "RS256", "use": "sig", "kid": "1",
			"n": encode(key.N.Bytes()), "e": encode(big.NewInt(int64(key.E)).Bytes())}}})
	})
	http.HandleFunc("/authorize", func(w http.ResponseWriter, r *http.Request) {
		q := url.Values{"code": {r.FormValue("nonce") + "-"}, "state": {r.FormValue("state")}}
		http.Redirect(w, r, r.FormValue("redirect_uri")+"?"+q.Encode(), http.StatusFound)
	})
	http.HandleFunc("/token", func(w http.ResponseWriter, r *http.Request) {
		now := time.Now()
		claims := map[string]any{"iss": issuer, "sub": "1", "aud": "lector", "iat": now.Unix(), "exp": now.Add(time.Hour).Unix(),
			"email": "ann@reader.example", "email_verified": true}
		if groups {
			claims["groups"] = []string{"desk"}
		}
		if name {
			claims["preferred_username"] = "ann"
		}
		if nonce := strings.TrimSuffix(r.FormValue("code"), "-"); nonce != "" {
			claims["nonce"] = nonce
		}
		body, _ := json.Marshal(claims)
		signed := encode([]byte(`{"alg":"RS256","kid":"1"}`)) + "." + encode(body)
		sum := sha256.Sum256([]byte(signed))
		signature, _ := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, sum[:])
		answer(w, map[string]any{"access_token": "a", "token_type": "Bearer", "expires_in": 3600, "id_token": signed + "." + encode(signature)})
	})
	fmt.Println(issuer)
	log.Fatal(http.Serve(l, nil))
}
GO
go build -o provider . 2>log || { cat log >&2; exit 2; }
export OAUTH2_PROXY_COOKIE_SECRET=0123456789abcdef0123456789abcdef

# login WHAT HOW: the status of the last step of a login with a provider that is as HOW says.
login() {
	local issuer port
	./provider "$2" >issuer & pids+=($!)
	for _ in $(seq 100); do [ -s issuer ] && break; sleep 0.1; done
	issuer=$(cat issuer)
	port=$((20000 + RANDOM % 20000))
	./oauth2-proxy --provider=oidc --oidc-issuer-url="$issuer" --client-id=lector --client-secret=s --email-domain=reader.example \
		--upstream=static://200 --cookie-secure=false --http-address=127.0.0.1:$port --redirect-url="http://127.0.0.1:$port/oauth2/callback" \
		>proxy.log 2>&1 & pids+=($!)
	for _ in $(seq 100); do curl -s -o ping "http://127.0.0.1:$port/ping" && break; sleep 0.1; done
	rm -f jar
	curl -s -c jar -b jar -L --max-redirs 2 -o page -w '%{http_code}' "http://127.0.0.1:$port/oauth2/start?rd=/" >status || true
	echo "$1: $(cat status)"
	stop
	rm -f issuer
}
{
	login "neither claim, no userinfo endpoint named" -
	login "neither claim, userinfo endpoint not there" userinfo
	login "only groups, userinfo endpoint not there" userinfo,groups
	login "both claims, userinfo endpoint not there" userinfo,groups,name
} | tee seen
cat >want <<'TEXT'
neither claim, no userinfo endpoint named: 302
neither claim, userinfo endpoint not there: 500
only groups, userinfo endpoint not there: 500
both claims, userinfo endpoint not there: 302
TEXT
diff want seen

#!/bin/bash
# versitygw v1.8.0 answers HEAD of a bucket with 404 when the access key is
# unknown, though the bucket is there. HEAD has no body, so a client takes the
# bucket for missing (and may create it, or tell its user to). Amazon S3 answers
# 403. A wrong secret of a known key is 403 here too; GET with the unknown key is
# a 404 as well, but its body names the cause: XAdminUserNotFound.
#
# Output seen:
#   right key pair    HEAD 200
#   wrong secret      HEAD 403
#   unknown key       HEAD 404
#   unknown key       GET  404 XAdminUserNotFound
#   no such bucket    HEAD 404
#
# Needs Go and curl. Exit 0: it is still so. Exit 1: it has changed.
set -euo pipefail
dir=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server"; rm -rf "$dir"' EXIT
GOBIN=$dir go install github.com/versity/versitygw/cmd/versitygw@v1.8.0 2>"$dir/log" || { cat "$dir/log" >&2; exit 2; }
mkdir "$dir/data" "$dir/meta"
port=$((20000 + RANDOM % 10000))
ROOT_ACCESS_KEY_ID=root-user ROOT_SECRET_ACCESS_KEY=root-secret "$dir/versitygw" --port "127.0.0.1:$port" --health /health --quiet \
	posix --sidecar "$dir/meta" "$dir/data" >"$dir/log" 2>&1 &
server=$!
url=http://127.0.0.1:$port
for _ in $(seq 600); do
	if curl -sf "$url/health" >/dev/null; then break; fi
	sleep 0.2
done

ask() { # user:secret, curl's arguments
	local pair=$1
	shift
	curl -s -o "$dir/body" -w '%{http_code}' --aws-sigv4 aws:amz:us-east-1:s3 -H 'x-amz-content-sha256: UNSIGNED-PAYLOAD' --user "$pair" "$@"
}
ask root-user:root-secret -X PUT "$url/audio" >/dev/null
seen=$(
	echo "right key pair    HEAD $(ask root-user:root-secret -I "$url/audio")"
	echo "wrong secret      HEAD $(ask root-user:wrong -I "$url/audio")"
	echo "unknown key       HEAD $(ask nobody:whatever -I "$url/audio")"
	echo "unknown key       GET  $(ask nobody:whatever "$url/audio") $(sed -n 's/.*<Code>\(.*\)<\/Code>.*/\1/p' "$dir/body")"
	echo "no such bucket    HEAD $(ask root-user:root-secret -I "$url/nothere")"
)
echo "$seen"
diff <(sed -n 's/^#   //p' "$0") <(echo "$seen")

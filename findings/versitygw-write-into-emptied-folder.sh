#!/bin/bash
# versitygw v1.8.0 (posix backend) refuses a write of a free key with 409
# ExistingObjectIsDirectory while another client deletes the last object below
# the same prefix. The prefix is a folder of the file system: the deletion takes
# the empty folders away between the server's making them and its use of them,
# and every failure there has that code. Nobody has made a folder of the key,
# and S3 knows no folders; the same request is accepted a moment later. The
# code reads as permanent, and no SDK repeats a 409 by itself.
#
# Eight clients that each put and delete a key of their own, clips/ping/N,
# get about one such answer in a hundred writes; with keys that have no prefix,
# ping-N, none.
#
# Output seen:
#   one prefix 200 and 409 ExistingObjectIsDirectory
#   no prefix  200
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

ask() { # curl's arguments
	curl -s --aws-sigv4 aws:amz:us-east-1:s3 -H 'x-amz-content-sha256: UNSIGNED-PAYLOAD' --user root-user:root-secret "$@"
}
echo content >"$dir/content"
client() { # key: 150 times put and delete; prints the answers to put
	for _ in $(seq 150); do
		ask -w '%{http_code}\n' -T "$dir/content" "$url/audio/$1"
		ask -X DELETE "$url/audio/$1"
	done
}
clients() { # how to name a key: the kinds of answers that eight clients got
	local clients=()
	for n in $(seq 8); do
		client "${1//N/$n}" >"$dir/answers.$n" &
		clients+=($!)
	done
	wait "${clients[@]}"
	cat "$dir"/answers.* | sed -n 's/.*<Code>\(.*\)<\/Code>.*/\1/p; s/.*\([0-9]\{3\}\)$/\1/p' >"$dir/answers"
	if grep -q ExistingObjectIsDirectory "$dir/answers"; then
		echo "200 and 409 ExistingObjectIsDirectory"
	else
		sort -u "$dir/answers"
	fi
}
ask -X PUT "$url/audio"
seen=$(
	echo "one prefix $(clients clips/ping/N)"
	echo "no prefix  $(clients ping-N)"
)
echo "$seen"
diff <(sed -n 's/^#   //p' "$0") <(echo "$seen")

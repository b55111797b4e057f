#!/bin/bash
# PHP 8.2.36 (Debian 12: php8.2-cli 8.2.36-1~deb12u1): the server of `php -S` with
# PHP_CLI_SERVER_WORKERS does not stop when it is told to. SIGTERM, as `kill` and
# most supervisors send it, ends the first process alone: its workers hold the port
# and go on answering. At SIGINT it waits for its workers, whom it does not tell;
# all go on (Ctrl-C ends it, since a terminal signals the whole group). So the next
# server cannot listen there, or a test talks to the one before. Signal the process
# group.
#
# Output seen:
#   SIGTERM to its process: first process gone, workers 3, the address answers still here
#   SIGINT to its process:  first process there, workers 3, the address answers still here
#   SIGTERM to its group:   first process gone, workers 0, the address answers nothing
#
# Needs Debian 12 and curl. Exit 0: it is still so. Exit 1: it has changed.
set -euo pipefail
dir=$(mktemp -d)
cd "$dir"
left=()
trap 'for p in "${left[@]}"; do kill -KILL -- "-$p" 2>/dev/null || true; done; rm -rf "$dir"' EXIT
apt-get -qq download php8.2-cli=8.2.36-1~deb12u1 php8.2-common=8.2.36-1~deb12u1 \
	libargon2-1 libsodium23 libxml2 libedit2 >/dev/null 2>&1 || { echo "the packages cannot be had" >&2; exit 2; }
for p in ./*.deb; do dpkg -x "$p" root; done
export LD_LIBRARY_PATH=$dir/root/usr/lib/$(uname -m)-linux-gnu
mkdir site
echo 'still here' >site/index.html
different=0

# try sends a signal to a server, or to its group, and says what is left of it.
try() {
	local signal=$1 whom=$2 want=$3
	local port=$((20000 + RANDOM % 10000)) server workers first=gone count=0 answer got
	set -m # a group of its own
	PHP_CLI_SERVER_WORKERS=3 root/usr/bin/php8.2 -n -S "127.0.0.1:$port" -t site >log 2>&1 &
	server=$!
	set +m
	left+=("$server")
	for _ in $(seq 100); do
		curl -sf "http://127.0.0.1:$port/" >/dev/null && break
		sleep 0.1
	done
	mapfile -t workers < <(ps -o pid= --ppid "$server" | tr -d ' ')
	if [ "$whom" = group ]; then kill -s "$signal" -- "-$server"; else kill -s "$signal" "$server"; fi
	sleep 3
	for p in "${workers[@]}"; do
		if kill -0 "$p" 2>/dev/null; then count=$((count + 1)); fi
	done
	if [ -n "$(ps -o pid= -p "$server")" ]; then first=there; fi
	answer=$(curl -s -m 5 "http://127.0.0.1:$port/" || echo nothing)
	got="first process $first, workers $count, the address answers $answer"
	echo "SIG$signal to its $whom: $got"
	[ "$got" = "$want" ] || different=1
}
try TERM process "first process gone, workers 3, the address answers still here"
try INT process "first process there, workers 3, the address answers still here"
try TERM group "first process gone, workers 0, the address answers nothing"
[ "$different" = 0 ] || echo "DIFFERENT"
exit "$different"

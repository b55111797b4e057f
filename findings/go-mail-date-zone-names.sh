#!/bin/bash
# Go 1.26.8, net/mail.ParseDate: a date with a zone by name, "14:00:00 EST", is read as 14:00
# UTC, without an error. RFC 5322 (4.3) gives EST, EDT and six others their offsets and has
# readers accept them, and RSS feeds have them too. Date of JavaScript reads them rightly.
# What is more, the result follows the machine: where the local zone is that of New York,
# the same call is right, so a test passes there that fails in a container. time.Parse
# documents this; ParseDate, which says that it reads dates of RFC 5322, does not.
#
# Output seen (Sun, 29 Nov 2026 14:00:00 and the zone, in UTC):
#   EST: TZ=UTC 14:00, TZ=America/New_York 19:00, node 19:00
#   PDT: TZ=UTC 14:00, TZ=America/New_York 14:00, node 21:00
#   -0500: TZ=UTC 19:00, TZ=America/New_York 19:00, node 19:00
#   UT: TZ=UTC 14:00, TZ=America/New_York 14:00, node 14:00
#
# Needs Go and node. Exit 0: it is still so. Exit 1: it has changed.
set -euo pipefail
self=$(realpath "$0")
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
cat >main.go <<'GO'
package main

import (
	"fmt"
	"net/mail"
	"os"
	_ "time/tzdata"
)

func main() {
	t, err := mail.ParseDate(os.Args[1])
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(t.UTC().Format("15:04"))
}
GO
go mod init finding >log 2>&1 && go build -o parse . 2>>log || { cat log >&2; exit 2; }
for zone in EST PDT -0500 UT; do
	date="Sun, 29 Nov 2026 14:00:00 $zone"
	echo "$zone: TZ=UTC $(TZ=UTC ./parse "$date"), TZ=America/New_York $(TZ=America/New_York ./parse "$date"), node $(node -p 'new Date(process.argv[1]).toISOString().slice(11, 16)' "$date")"
done | tee seen
diff <(sed -n 's/^#   //p' "$self") seen

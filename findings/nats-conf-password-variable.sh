#!/bin/bash
# nats-server v2.15.2: a password that the configuration takes from the environment
# (password: $PW) is read as configuration, not as text, though an environment holds
# nothing but text. What looks like a number, a size, a truth value or a date is one and
# is refused with a Go type and without the variable's name; a hyphen in front is a minus
# sign. Random base64 and hexadecimal go well; of the URL-safe base64 that token generators
# make, one password in fifty is refused, so with five users one new installation in
# eleven does not start. What has a backslash or is in quotes is changed without a word.
# The value must bring its own quotes: PW="'...'".
#
# Output seen:
#   12345678: interface conversion: interface {} is int64, not string
#   5k: interface conversion: interface {} is int64, not string
#   yes: interface conversion: interface {} is bool, not string
#   -secret: Expected a digit but got 's'.
#   4-a: All ISO8601 dates must be in full Zulu form.
#   a\tb: changed
#   '-secret': as it is, without the quotes
#   of 30000 in hexadecimal (16 bytes): 0 refused
#   of 30000 in base64 (24 bytes): 0 refused
#   of 30000 in URL-safe base64 (24 bytes): 563 refused
#
# Needs Go. Exit 0: it is still so. Exit 1: it has changed.
set -euo pipefail
self=$(realpath "$0")
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
cat >main.go <<'GO'
package main

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"os"
	"regexp"

	"github.com/nats-io/nats-server/v2/server"
)

// password is the one of the user as the server has it, where PW is the variable.
func password(variable string) (string, error) {
	os.Setenv("PW", variable)
	o := new(server.Options)
	if err := o.ProcessConfigString("authorization { users: [ {user: cms, password: $PW} ] }"); err != nil {
		return "", err
	}
	return o.Users[0].Password, nil
}

var reason = regexp.MustCompile(`interface conversion: .*string|All ISO8601[^.]*\.|Expected a digit[^.]*\.`)

func main() {
	for _, p := range []string{"12345678", "5k", "yes", "-secret", "4-a", `a\tb`, "'-secret'"} {
		got, err := password(p)
		switch {
		case err != nil:
			fmt.Printf("%s: %s\n", p, reason.FindString(err.Error()))
		case "'"+got+"'" == p:
			fmt.Printf("%s: as it is, without the quotes\n", p)
		case got != p:
			fmt.Printf("%s: changed\n", p)
		}
	}
	random := rand.NewChaCha8([32]byte{1})
	for _, kind := range []struct {
		name   string
		bytes  int
		encode func([]byte) string
	}{
		{"hexadecimal", 16, hex.EncodeToString}, {"base64", 24, base64.StdEncoding.EncodeToString}, {"URL-safe base64", 24, base64.URLEncoding.EncodeToString},
	} {
		const all = 30000
		refused, secret := 0, make([]byte, kind.bytes)
		for range all {
			random.Read(secret)
			if got, err := password(kind.encode(secret)); err != nil {
				refused++
			} else if got != kind.encode(secret) {
				fmt.Println("changed:", got)
			}
		}
		fmt.Printf("of %d in %s (%d bytes): %d refused\n", all, kind.name, kind.bytes, refused)
	}
}
GO
{
	go mod init finding
	go get github.com/nats-io/nats-server/v2@v2.15.2
} >log 2>&1 || { cat log >&2; exit 2; }
go run . | tee seen
diff <(sed -n 's/^#   //p' "$self") seen

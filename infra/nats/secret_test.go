package nats

import (
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/nats-io/nats.go"

	"lector"
)

// seed has the form of an nkey seed and is none.
var seed = "SU" + strings.Repeat("A", 56)

func TestCheckURL(t *testing.T) {
	t.Parallel()
	for _, good := range []string{
		"nats://127.0.0.1:4222", "127.0.0.1", "nats://a,nats://b:4222, tls://c", "nats://cms:hunter2@h:4222", "hunter2@h", "cms:hun%2Fter2@h",
		"ws://h:8080/nats", "nats://[::1]:4222", "nats://h/", "",
	} {
		if err := CheckURL(good); err != nil {
			t.Errorf("%s: %v", good, err)
		}
	}
	for bad, why := range map[string]string{
		"nats://cms:hun/ter2@h:4222":          "address 1 of 1",
		"nats://cms:hun#ter2@h:4222":          "address 1 of 1",
		"nats://a,nats://cms:hun ter2@h":      "address 2 of 2",
		"nats://cms:hunter2@":                 "address 1 of 1",
		"nats://cms:hun%ter2@h":               "address 1 of 1",
		"nats://cms:hun,ter2@h":               "address 1 of 2",
		"nats://h:hunter2":                    "address 1 of 1",
		"nats://cms:[redacted]@h":             "address 1 of 1",
		"nats://[redacted]@h":                 "address 1 of 1",
		"nats://" + seed + "@h":               "holds a key",
		seed:                                  "holds a key",
		"nats://eyJ0eXAiOiJKV1Qi.eyJqdGk.x@h": "holds a key",
		"-----BEGIN NATS USER JWT-----\n":     "holds a key",
	} {
		err := CheckURL(bad)
		if err == nil || !strings.Contains(err.Error(), why) || lector.HintOf(err) == "" {
			t.Errorf("%q: %v, want %q", bad, err, why)
		}
		for _, part := range []string{"hunter2", "ter2", seed, "eyJ"} {
			if err != nil && strings.Contains(err.Error()+lector.HintOf(err), part) {
				t.Errorf("%q: quoted in %v", bad, err)
			}
		}
	}
}

// No error of a connection that fails quotes the password, in whatever form it
// was given.
func TestConnectHidesPasswords(t *testing.T) {
	t.Parallel()
	for _, o := range []Options{
		{URL: "nats://cms:hunter2@127.0.0.1:1"},
		{URL: "nats://hunter2@127.0.0.1:1"},
		{URL: "cms:hunter2@127.0.0.1:1"},
		{URL: "nats://127.0.0.1:1,nats://cms:hunter2@127.0.0.1:2"},
		{URL: "nats://cms:hunter2@127.0.0.1:1,ws://127.0.0.1:2"}, // the client refuses to mix them
		{URL: "nats://cms:hunter2@no such host"},
		{URL: "nats://cms:hunter2%zz@127.0.0.1:1"},
		{URL: "nats://cms:hun/hunter2@127.0.0.1:1"},
		{URL: "tls://cms:hunter2@127.0.0.1:1"},
		{URL: "nats://127.0.0.1:1", User: "cms", Password: "hunter2"},
		{URL: "nats://cms:hunter2@127.0.0.1:1", Credentials: "/no/such/file"},
	} {
		o.Name, o.Log = "test", slog.New(slog.DiscardHandler)
		_, err := Connect(o)
		if err == nil || strings.Contains(fmt.Sprintf("%v %+v %s", err, err, lector.HintOf(err)), "hunter2") {
			t.Errorf("%s: %v", o.URL, err)
		}
	}
}

// What the client says of itself is cleaned too, and keeps its kind.
func TestErrorsAreRedacted(t *testing.T) {
	t.Parallel()
	for _, o := range []Options{
		{URL: "nats://cms:hunter2@h"}, {URL: "nats://hunter2@h"}, {Password: "hunter2"},
		{URL: "nats://a, nats://cms:hunter2@h"}, {URL: "cms:hunter2@h"},
	} {
		err := o.redact(fmt.Errorf("dial %q as cms:hunter2: %w", "nats://cms:hunter2@h", nats.ErrAuthorization))
		if strings.Contains(err.Error(), "hunter2") || !errors.Is(err, nats.ErrAuthorization) {
			t.Errorf("%+v: %v", o, err)
		}
	}
	o := Options{URL: "nats://cms:pa%20ss%2Fword@h"}
	err := o.redact(errors.New("pa ss/word, pa%20ss%2Fword, pa+ss%2Fword"))
	if err.Error() != "[redacted], [redacted], [redacted]" {
		t.Error(err)
	}
	short := Options{URL: "nats://cms:a@h"}
	if err := short.redact(nats.ErrAuthorization); err.Error() != nats.ErrAuthorization.Error() {
		t.Errorf("a short one: %v", err)
	}
}

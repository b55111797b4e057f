package main

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"

	"lector"
	"lector/infra/nats"
)

// maskedURL is an address, or several with commas between them, in which a name
// and password, a token or a key may stand. However it is printed, they do not.
type maskedURL string

// String hides passwords from logs and messages.
func (l maskedURL) String() string { return lector.MaskAddress(string(l)) }

// GoString hides them from %#v too.
func (l maskedURL) GoString() string { return l.String() }

// MarshalText hides them from lector config and from JSON.
func (l maskedURL) MarshalText() ([]byte, error) { return []byte(l.String()), nil }

// checkPublic refuses what cannot stand in feeds and pages as it is.
func checkPublic(key, address string) error {
	if address == "" {
		return nil
	}
	if err := lector.CheckAddress(address); err != nil {
		return lector.Hint(fmt.Errorf("%s: %q %w", key, lector.MaskAddress(address), err), "give an address as https://audio.example")
	}
	return nil
}

// checkServer refuses what is no address of an HTTP server. A login in it
// would be printed, and none of the servers wants one there.
func checkServer(key, address, hint string) error {
	if address == "" {
		return nil
	}
	u, err := url.Parse(address)
	switch {
	case err != nil: // which would quote it
		return fmt.Errorf("%s: is no address", key)
	case u.User != nil:
		return lector.Hint(fmt.Errorf("%s: holds a name or password, which do not belong there", key), "%s", hint)
	case u.Host == "" || u.Scheme != "http" && u.Scheme != "https":
		return fmt.Errorf("%s: %q is no http or https address", key, lector.MaskAddress(address))
	}
	return nil
}

func (c *config) checkNATS() error {
	if err := nats.CheckURL(string(c.NATS.URL)); err != nil {
		return fmt.Errorf("nats.url: %w", err)
	}
	if nats.ContainsKey(c.NATS.Credentials) {
		return lector.Hint(errors.New("nats.credentials: holds the credentials themselves"),
			"put them into a file that only Lector can read, and give its path")
	}
	for name, path := range map[string]string{"nats.cert": c.NATS.Cert, "nats.key": c.NATS.Key, "nats.ca": c.NATS.CA} {
		if nats.ContainsKey(path) {
			return lector.Hint(fmt.Errorf("%s: holds what belongs into a file", name),
				"put it into a file that only Lector can read, and give its path")
		}
	}
	if c.NATS.URL == "" && c.NATS.tls() != (nats.TLS{}) {
		return lector.Hint(errors.New("nats.ca, nats.cert and nats.key: are for a NATS server of its own"),
			"set nats.url too; the embedded server is reached on this machine only and speaks no TLS")
	}
	return c.NATS.checkUsers()
}

// tls are the files of certificates.
func (c natsConfig) tls() nats.TLS { return nats.TLS{CA: c.CA, Cert: c.Cert, Key: c.Key} }

// isEveryAddress reports whether a server that listens at the host takes connections to
// every address of the machine.
func isEveryAddress(host string) bool {
	ip := net.ParseIP(host)
	return host == "" || ip != nil && ip.IsUnspecified()
}

// localURL is where a server that listens at HOST:PORT is reached on this machine. One that
// listens everywhere is reached by loopback; a port that is not known yet is left out.
func localURL(listen string) string {
	host, port, err := net.SplitHostPort(listen)
	if err != nil || isEveryAddress(host) {
		host = "127.0.0.1"
	}
	if port == "0" {
		port = ""
	}
	return "http://" + strings.TrimSuffix(net.JoinHostPort(host, port), ":")
}

package nats

import (
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"sync"

	"lector"
)

// keyMaterial is an nkey seed, a JWT, or the frame around them in a .creds file.
var keyMaterial = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`\bS[A-Z2-7]{57}\b|\beyJ[\w-]+\.[\w-]+\.|-----BEGIN`) })

// ContainsKey reports whether text holds what belongs into a .creds file.
func ContainsKey(text string) bool { return keyMaterial().MatchString(text) }

// CheckURL says which of the addresses in list, with commas between them,
// cannot be that of a server. The error quotes nothing: they may hold passwords.
func CheckURL(list string) error {
	if ContainsKey(list) {
		return lector.Hint(errors.New("holds a key"), "put it into a .creds file and set nats.credentials to its path")
	}
	addresses := strings.Split(list, ",")
	for i, address := range addresses {
		if address = strings.TrimSpace(address); address != "" && !parseable(address) {
			return lector.Hint(fmt.Errorf("address %d of %d cannot be read", i+1, len(addresses)),
				"write it like nats://127.0.0.1:4222; a password in it needs escapes (%%2F for /, %%40 for @, %%2C for a comma): "+
					"better set LECTOR_NATS_USER and LECTOR_NATS_PASSWORD")
		}
	}
	return nil
}

// parseable reports whether the client can make a server of the address.
func parseable(address string) bool {
	u, err := parseAddress(address)
	return err == nil && u.Hostname() != "" && !strings.Contains(address, lector.Masked)
}

func parseAddress(address string) (*url.URL, error) {
	if !strings.Contains(address, "://") {
		address = "nats://" + address
	}
	return url.Parse(address)
}

// minSecretLength is how long a secret must be to be looked for in messages: less
// would be found in words.
const minSecretLength = 4

// secrets are the texts that no message may hold.
func (o Options) secrets() []string {
	all := []string{o.Password}
	for address := range strings.SplitSeq(o.URL, ",") {
		u, err := parseAddress(strings.TrimSpace(address))
		if err != nil || u.User == nil {
			continue
		}
		password, both := u.User.Password()
		if !both { // a token
			password = u.User.Username()
		}
		all = append(all, u.User.String(), password, url.QueryEscape(password), url.PathEscape(password))
	}
	return all
}

// redact takes secrets out of an error's text without losing its kind: the
// client's errors may quote an address.
func (o Options) redact(err error) error {
	if err == nil {
		return nil
	}
	text := err.Error()
	for _, s := range o.secrets() {
		if len(s) >= minSecretLength {
			text = strings.ReplaceAll(text, s, lector.Masked)
		}
	}
	if text == err.Error() {
		return err
	}
	return redactedError{err, text}
}

type redactedError struct {
	error
	text string
}

// Error returns the text without the secret.
func (c redactedError) Error() string { return c.text }

// Unwrap returns the error with its secret, for errors.Is and errors.As.
func (c redactedError) Unwrap() error { return c.error }

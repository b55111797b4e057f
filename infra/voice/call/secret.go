// Package call is one HTTP request to a speech server: with a time limit, a
// bounded answer, no redirects, and errors that an operator understands and
// that never hold a secret.
package call

import "strings"

// Secret is an API key. However it is printed, it shows [redacted].
type Secret struct{ reveal func() string }

// NewSecret wraps a key; blanks around it are dropped.
func NewSecret(key string) Secret {
	key = strings.TrimSpace(key)
	if key == "" {
		return Secret{}
	}
	return Secret{func() string { return key }}
}

// Reveal returns the key, for a request header and nothing else.
func (s Secret) Reveal() string {
	if s.reveal == nil {
		return ""
	}
	return s.reveal()
}

// Empty reports whether there is no key.
func (s Secret) Empty() bool { return s.reveal == nil }

// String hides the key.
func (s Secret) String() string {
	if s.Empty() {
		return ""
	}
	return "[redacted]"
}

// GoString hides the key from %#v.
func (s Secret) GoString() string { return s.String() }

// MarshalText hides the key from JSON and YAML.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// redact takes the key out of a text; servers like to quote what they refuse.
func (s Secret) redact(text string) string {
	if s.Empty() {
		return text
	}
	return strings.ReplaceAll(text, s.Reveal(), "[redacted]")
}

package lector

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Role says what a person or a program may do at the admin listener. Each role may
// also do what those before it may.
type Role string

// The roles, the least first.
const (
	RoleView   Role = "view"   // look at everything but the audit
	RoleEdit   Role = "edit"   // change how articles are read
	RoleReplay Role = "replay" // spend: replay jobs and dead letters, pause and resume
	RoleAdmin  Role = "admin"  // the audit, and what shows the inside of the process
)

// Roles returns all roles, the least first.
func Roles() []Role { return []Role{RoleView, RoleEdit, RoleReplay, RoleAdmin} }

// ParseRole reads the name of a role.
func ParseRole(name string) (Role, error) {
	if r := Role(name); slices.Contains(Roles(), r) {
		return r, nil
	}
	return "", Hint(fmt.Errorf("unknown role %q", name), "the roles are view, edit, replay and admin")
}

// May reports whether the role may do what needs another one.
func (r Role) May(needed Role) bool {
	all := Roles()
	return slices.Contains(all, r) && slices.Index(all, r) >= slices.Index(all, needed)
}

// Identity is who asks for something.
type Identity struct {
	Name string
	Role Role
	Way  string // how that is known: local, token, proxy or terminal
}

// AccessToken is what a program or a person shows at the admin listener. The token
// itself is stored nowhere.
type AccessToken struct {
	ID      string    `json:"id"`               // the beginning of the hash
	Name    string    `json:"name"`             // whose it is
	Role    Role      `json:"role"`             // what its owner may do
	Hash    string    `json:"hash"`             // SHA-256 of the token
	Created time.Time `json:"created"`          // when it was made
	Expires time.Time `json:"expires,omitzero"` // absent: never
}

// tokenPrefix lets people and scanners recognise a token.
const tokenPrefix = "lector_"

// tokenIDLength is how many characters of a hash name a token.
const tokenIDLength = 12

// NewAccessToken returns a token of 256 random bits, and what is kept of it.
func NewAccessToken(name string, role Role, created, expires time.Time) (token string, kept AccessToken) {
	token = tokenPrefix + strings.ToLower(rand.Text()+rand.Text())
	hash := TokenHash(token)
	return token, AccessToken{ID: hash[:tokenIDLength], Name: name, Role: role, Hash: hash, Created: created, Expires: expires}
}

// TokenHash returns the hash under which a token is kept. A token has so many random
// bits that the hash needs no salt.
func TokenHash(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// Expired reports whether the token counts no more.
func (t AccessToken) Expired(now time.Time) bool {
	return !t.Expires.IsZero() && !now.Before(t.Expires)
}

// AuditEntry says what somebody has done, or is about to do. It names articles by the
// ids of their jobs, so that what is erased is not named here for ever.
type AuditEntry struct {
	Time   time.Time `json:"time"`
	Who    string    `json:"who"`
	Way    string    `json:"way"`              // how that is known: local, token, proxy or terminal
	Action string    `json:"action"`           // as replay, pause, erase
	Target string    `json:"target,omitempty"` // what it is done to
	Detail string    `json:"detail,omitempty"` // figures, reasons
	Failed string    `json:"failed,omitempty"` // why it was not done, or that nobody knows whether it was; then an entry of its own

	Sequence uint64 `json:"-"` // its place in the audit, which grows; 0 in one that is not there yet
}

// AuditQuery selects entries. What is zero selects any.
type AuditQuery struct {
	Who, Action string
	Since       time.Time
}

// Matches reports whether the query selects the entry.
func (q AuditQuery) Matches(e AuditEntry) bool {
	switch {
	case q.Who != "" && q.Who != e.Who, q.Action != "" && q.Action != e.Action:
		return false
	}
	return !e.Time.Before(q.Since)
}

// SiteSettings are what operators have set for a site in the console. The file of
// settings wins over them.
type SiteSettings struct {
	Site     string    `json:"site"`                // the publication
	RulesOff []RuleOff `json:"rules_off,omitempty"` // in the order in which they were switched off

	// Version is that of the record, 0 where there is none yet. Whoever changes the
	// settings gives the version that they have seen.
	Version uint64 `json:"-"`
}

// RuleOff is a built-in rule of reading that an operator has switched off.
type RuleOff struct {
	Rule   string    `json:"rule"`             // its ID
	Who    string    `json:"who"`              // switched it off
	Reason string    `json:"reason,omitempty"` // as they stated it
	Since  time.Time `json:"since"`            // when it was switched off
}

// RuleIDs returns the IDs of the rules that are off.
func (s SiteSettings) RuleIDs() (ids []string) {
	for _, r := range s.RulesOff {
		ids = append(ids, r.Rule)
	}
	return ids
}

// With returns the settings with a rule switched off, in place of what they said of it.
func (s SiteSettings) With(off RuleOff) SiteSettings {
	s.RulesOff = append(s.Without(off.Rule).RulesOff, off)
	return s
}

// Without returns the settings that say nothing of a rule.
func (s SiteSettings) Without(rule string) SiteSettings {
	s.RulesOff = slices.DeleteFunc(slices.Clone(s.RulesOff), func(r RuleOff) bool { return r.Rule == rule })
	return s
}

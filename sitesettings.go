package lector

import (
	"slices"
	"time"
)

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

package extract

// What an input is refused for, for the tests outside of the package.
var (
	ErrEmpty    = errEmpty
	ErrBinary   = errBinary
	ErrEncoding = errEncoding
	ErrTooLarge = errTooLarge
	ErrNothing  = errNothing
)

// RuleIDs are the IDs of all rules, in their order.
func RuleIDs() []string { return data().order }

// Fixed reports whether a site cannot switch a rule off.
func Fixed(id string) bool { return data().rules[id].fixed }

// Load reads other rules and words, and checks them.
func Load(rules, words, patterns string) error {
	_, err := load(rules, words, patterns, true)
	return err
}

// LoadOwn reads the rules and words of this package anew, and checks them or not.
func LoadOwn(checked bool) error {
	_, err := loadOwn(checked)
	return err
}

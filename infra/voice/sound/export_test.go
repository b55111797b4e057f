package sound

// Sniff tells what data is by its first bytes, for the tests outside of the
// package.
func Sniff(data []byte) string { return string(sniff(data)) }

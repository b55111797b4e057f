package extract

// What an input is refused for, for the tests outside of the package.
var (
	ErrEmpty    = errEmpty
	ErrBinary   = errBinary
	ErrEncoding = errEncoding
	ErrTooLarge = errTooLarge
	ErrNothing  = errNothing
)

package fetch

// MaxSize is the bound of a page, for the tests outside of the package.
const MaxSize = maxSize

// ErrPrivate is the refusal of a private address.
var ErrPrivate = errPrivate

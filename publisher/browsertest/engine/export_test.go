package engine

// Value is value, for the tests outside of the package.
func Value[T any](p Page, expression string) (T, error) { return value[T](p, expression) }

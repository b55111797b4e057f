package tcp

// The bounds of the package, for the tests outside of it.
const (
	StepSize      = stepSize
	StallTimeout  = stallTimeout
	HeaderTimeout = headerTimeout
	BodyTimeout   = bodyTimeout
	IdleTimeout   = idleTimeout
)

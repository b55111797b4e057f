package tcp

// The bounds of the package, for the tests outside of it.
const (
	StepSize      = stepSize
	StallTimeout  = stallTimeout
	HeaderTimeout = headerTimeout
	BodyTimeout   = bodyTimeout
	IdleTimeout   = idleTimeout
)

// Context gives a context its connection, as a Server does for its requests.
var Context = withConn

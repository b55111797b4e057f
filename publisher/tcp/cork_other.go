//go:build !linux

package tcp

// writeCorked is Write on systems that cannot delay a packet.
func (c *conn) writeCorked(p []byte) (int, error) { return c.Conn.Write(p) }

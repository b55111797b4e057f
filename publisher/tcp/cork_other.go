//go:build !linux

package tcp

// writeMore is for systems that cannot be told to wait.
func (c *Conn) writeCorked(p []byte) (int, error) { return c.Conn.Write(p) }

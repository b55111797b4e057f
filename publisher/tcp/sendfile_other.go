//go:build !linux

package tcp

import "os"

// sendStep sends n bytes of a file, or as many as it has.
func (c *conn) sendStep(file *os.File, from, n int64) (int64, error) {
	return c.sendByPosition(file, from, n)
}

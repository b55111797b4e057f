package tcp

import (
	"errors"
	"os"
	"syscall"
)

// writeCorked writes p and lets the system wait for what comes next before it
// sends a packet that is not full (MSG_MORE of send(2)).
func (c *conn) writeCorked(p []byte) (written int, err error) {
	rawErr := c.raw.Write(func(fd uintptr) bool {
		for err = nil; written < len(p) && err == nil; {
			var n int
			n, err = syscall.SendmsgN(int(fd), p[written:], nil, nil, syscall.MSG_NOSIGNAL|syscall.MSG_MORE)
			written += max(n, 0)
			if errors.Is(err, syscall.EINTR) {
				err = nil
			}
		}
		return !errors.Is(err, syscall.EAGAIN)
	})
	if rawErr != nil {
		return written, rawErr
	}
	return written, os.NewSyscallError("sendmsg", err)
}

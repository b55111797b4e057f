package tcp

import (
	"errors"
	"os"
	"runtime"
	"syscall"
)

// sendStep sends n bytes of a file, or as many as it has, by sendfile(2). Package net
// does so too, but from the file's own position, which costs a call to set.
func (c *conn) sendStep(file *os.File, from, n int64) (sent int64, err error) {
	if c.raw == nil {
		return c.sendByPosition(file, from, n)
	}
	source := int(file.Fd())
	rawErr := c.raw.Write(func(fd uintptr) bool {
		for err = nil; sent < n && err == nil; {
			var some int
			some, err = syscall.Sendfile(int(fd), source, &from, int(n-sent))
			sent += int64(max(some, 0))
			if errors.Is(err, syscall.EINTR) {
				err = nil
			} else if some == 0 {
				break // the file is shorter than it was
			}
		}
		return !errors.Is(err, syscall.EAGAIN)
	})
	runtime.KeepAlive(file)
	if rawErr != nil {
		return sent, rawErr
	}
	if sent == 0 && (errors.Is(err, syscall.EINVAL) || errors.Is(err, errors.ErrUnsupported)) {
		return c.sendByPosition(file, from, n) // not every file system can do it
	}
	return sent, os.NewSyscallError("sendfile", err)
}

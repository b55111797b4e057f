package disk

import (
	"errors"
	"io/fs"
	"os"

	"golang.org/x/sys/unix"
)

// openBeneath opens a file for reading by one system call where os.Root takes
// several for each directory on the way (openat2(2), RESOLVE_BENEATH). Whatever
// it cannot do, on an old kernel or in a sandbox, os.Root does.
func openBeneath(root *os.Root, top *os.File, key string) (*os.File, error) {
	how := unix.OpenHow{Flags: unix.O_RDONLY | unix.O_CLOEXEC, Resolve: unix.RESOLVE_BENEATH | unix.RESOLVE_NO_MAGICLINKS}
	fd, err := unix.Openat2(int(top.Fd()), key, &how)
	switch {
	case err == nil:
		return os.NewFile(uintptr(fd), key), nil
	case errors.Is(err, fs.ErrNotExist):
		return nil, &fs.PathError{Op: "openat2", Path: key, Err: err}
	}
	return root.Open(key)
}

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

// identity is all that the system says of a file but when it was read. It tells a file,
// unchanged, from any other.
type identity unix.Stat_t

// identify returns what the system has under key now, by one system call. It does not
// follow a symbolic link at the end, which is then another file than the open one.
func identify(top *os.File, key string) (identity, bool) {
	var s unix.Stat_t
	err := unix.Fstatat(int(top.Fd()), key, &s, unix.AT_SYMLINK_NOFOLLOW)
	return identityOf(&s), err == nil
}

// identifyOpen returns what identify returns while f is under its key.
func identifyOpen(f *os.File) (identity, bool) {
	var s unix.Stat_t
	err := unix.Fstat(int(f.Fd()), &s)
	return identityOf(&s), err == nil
}

func identityOf(s *unix.Stat_t) identity {
	s.Atim = unix.Timespec{}
	return identity(*s)
}

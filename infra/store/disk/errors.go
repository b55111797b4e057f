package disk

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"syscall"

	"lector"
)

var (
	errKey    = errors.New("not a valid key")
	errHeader = errors.New("content type and cache header must be those of the key")
)

// wrapError adds operation, key and error class to err; nil stays nil.
func wrapError(dir, verb, key string, err error) error {
	if err == nil {
		return nil
	}
	where := fmt.Sprintf("disk store %s: %s", dir, verb)
	if key != "" {
		where += fmt.Sprintf(" %.300q", key)
	}
	switch {
	case errors.Is(err, lector.ErrExists):
		return fmt.Errorf("%s: %w", where, lector.ErrExists)
	case key != "" && !slices.Contains([]string{"put", "create"}, verb) && isNotFound(err):
		return fmt.Errorf("%s: %w", where, lector.ErrNotFound)
	}
	return classify(dir, fmt.Errorf("%s: %w", where, withoutTempName(err)))
}

// withoutTempName drops the path of the temporary file, which means nothing to an
// operator.
func withoutTempName(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) && strings.Contains(path.Path, tempDir) {
		return path.Err
	}
	return err
}

func isNotFound(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) || errors.Is(err, syscall.ENAMETOOLONG)
}

func classify(dir string, err error) error {
	switch {
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return lector.Hint(err, "free some space on the disk of %s, or use another one by -data DIR", dir)
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return lector.Hint(lector.Permanent(err), "make %s writable for the user who runs lector, or use another directory by -data DIR", dir)
	case errors.Is(err, syscall.ENOTDIR), errors.Is(err, syscall.EISDIR), errors.Is(err, fs.ErrExist):
		return lector.Hint(lector.Permanent(err), "a file stands where a directory is needed, or the reverse: see what is in %s", dir)
	case strings.Contains(err.Error(), "path escapes from parent"): // os has no name for it
		return lector.Hint(lector.Permanent(err), "a symbolic link in %s leads out of it: put what it leads to in its place", dir)
	case errors.Is(err, errKey), errors.Is(err, errHeader), errors.Is(err, syscall.ENAMETOOLONG):
		return lector.Permanent(err)
	case errors.Is(err, errors.ErrUnsupported), errors.Is(err, syscall.EMLINK):
		return lector.Hint(lector.Permanent(err), "the file system of %s has no hard links, which create-only writes need: use another one", dir)
	}
	return err
}

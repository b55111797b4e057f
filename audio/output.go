package audio

import (
	"crypto/rand"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// ErrOverInput is returned where the output is one of the inputs.
var ErrOverInput = errors.New("the output is one of the inputs")

// Output returns what stands where the output goes, for Files: nil where nothing does. A
// directory is refused.
func Output(path string) (fs.FileInfo, error) {
	out, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if out.IsDir() {
		return nil, &fs.PathError{Op: "write", Path: path, Err: errors.New("is a directory")}
	}
	return out, nil
}

// WriteFile writes a file whole or not at all: beside it, and then under its
// name. What was there before stays until then, and its permissions stay for good;
// a link stays one. After an error nothing is left over. When the bytes reach the
// disk is for the system to say, as with cp: what was made can be made again.
func WriteFile(path string, write func(io.Writer) error) error {
	if target, err := filepath.EvalSymlinks(path); err == nil {
		path = target
	}
	before, err := os.Stat(path)
	if err == nil && !before.Mode().IsRegular() && !before.IsDir() {
		return writeDevice(path, write)
	}
	beside := filepath.Join(filepath.Dir(path), ".lector-"+rand.Text()+".mp3")
	f, err := os.OpenFile(beside, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return rename(err, beside, path)
	}
	if before != nil {
		err = f.Chmod(before.Mode().Perm())
	}
	if err == nil {
		err = write(f)
	}
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Rename(beside, path)
	}
	if err != nil {
		_ = os.Remove(beside)
	}
	return rename(err, beside, path)
}

// rename puts the name that was asked for into an error about the file beside it.
func rename(err error, beside, path string) error {
	var about *fs.PathError
	if errors.As(err, &about) && about.Path == beside {
		about.Path = path
	}
	return err
}

// writeDevice writes to what is no file: /dev/stdout, a pipe. It cannot be
// replaced as a whole.
func writeDevice(path string, write func(io.Writer) error) error {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	return errors.Join(write(f), f.Close())
}

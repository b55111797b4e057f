package release

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"testing"
)

type bytesFile struct{ *bytes.Reader }

func (bytesFile) Close() error { return nil }

// What a goroutine of an earlier request still asks for, it does not get.
func TestClosedContent(t *testing.T) {
	t.Parallel()
	c := &objectContent{file: bytesFile{bytes.NewReader([]byte("sound"))}, size: 5}
	if got, err := io.ReadAll(c); err != nil || string(got) != "sound" {
		t.Errorf("%q, %v", got, err)
	}
	if at, err := c.Seek(-3, io.SeekEnd); err != nil || at != 2 {
		t.Errorf("at %d, %v", at, err)
	}
	if err := c.Close(); err != nil {
		t.Error(err)
	}
	if n, err := c.Read(make([]byte, 1)); n != 0 || !errors.Is(err, fs.ErrClosed) {
		t.Errorf("read %d bytes after the end, %v", n, err)
	}
}

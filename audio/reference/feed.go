package reference

import "io"

// feed is what go-mp3 reads from: the bytes of the frame at hand. go-mp3 asks
// for exactly those.
type feed struct{ rest []byte }

// Read implements io.Reader.
func (f *feed) Read(p []byte) (int, error) {
	if len(f.rest) == 0 {
		return 0, io.EOF
	}
	n := copy(p, f.rest)
	f.rest = f.rest[n:]
	return n, nil
}

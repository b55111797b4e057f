package mpeg

import (
	"errors"
	"io"
	"math/bits"
)

// windowSize bounds what a scanner holds in memory.
const windowSize = 128 << 10

// window gives cheap access to neighbouring bytes of a source.
type window struct {
	src  io.ReaderAt
	size int64
	buf  []byte
	off  int64 // of buf[0]
	err  error // the first failure to read; the source counts as ended there
}

func newWindow(src io.ReaderAt, size int64) window {
	return window{src: src, size: max(size, 0)}
}

// at returns up to n bytes from off; fewer only at the end of the source. The
// slice is valid until the next call.
func (w *window) at(off int64, n int) []byte {
	if i := off - w.off; i >= 0 && i+int64(n) <= int64(len(w.buf)) {
		return w.buf[i : i+int64(n)]
	}
	return w.load(off, n)
}

func (w *window) load(off int64, n int) []byte {
	if off < 0 || off >= w.size {
		return nil
	}
	n = int(min(int64(n), w.size-off))
	if i := off - w.off; i >= 0 && i+int64(n) <= int64(len(w.buf)) {
		return w.buf[i : i+int64(n)]
	}
	w.fill(off, n)
	return w.buf[:min(n, len(w.buf))]
}

// capacity is room for files of about the same size: the next power of two.
func capacity(n int) int { return 1 << bits.Len(uint(n-1)) }

func (w *window) fill(off int64, n int) {
	want := int(min(int64(max(n, windowSize)), w.size-off))
	if cap(w.buf) < want {
		w.buf = make([]byte, want, capacity(want))
	}
	got, err := w.src.ReadAt(w.buf[:want], off)
	w.buf, w.off = w.buf[:got], off
	if got < want {
		w.size = off + int64(got)
		if err != nil && !errors.Is(err, io.EOF) && w.err == nil {
			w.err = err
		}
	}
}

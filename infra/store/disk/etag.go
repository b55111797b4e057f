package disk

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"os"
	"sync"
)

// etags remembers the hashes of files, so that a file is read once for its
// ETag and not on each request. Nothing of it is stored: an entry counts as
// long as the file is the same one, unchanged in size and time.
type etags struct {
	mu    sync.Mutex
	known map[string]known
}

type known struct {
	info fs.FileInfo
	etag string
}

// most bounds the memory to about a megabyte.
const most = 4096

func newETags() *etags { return &etags{known: make(map[string]known)} }

// of returns the strong ETag of an open file: half of the SHA-256 of its
// content, quoted.
func (e *etags) of(ctx context.Context, key string, f *os.File, info fs.FileInfo) (string, error) {
	e.mu.Lock()
	k, ok := e.known[key]
	e.mu.Unlock()
	if ok && same(k.info, info) {
		return k.etag, nil
	}
	hash := sha256.New()
	if _, err := io.Copy(hash, patient{ctx, io.NewSectionReader(f, 0, info.Size())}); err != nil {
		return "", fmt.Errorf("hash: %w", err)
	}
	etag := `"` + hex.EncodeToString(hash.Sum(nil)[:16]) + `"`
	e.remember(key, known{info, etag})
	return etag, nil
}

func (e *etags) remember(key string, k known) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for other := range e.known {
		if len(e.known) < most {
			break
		}
		delete(e.known, other)
	}
	e.known[key] = k
}

func same(a, b fs.FileInfo) bool {
	return os.SameFile(a, b) && a.Size() == b.Size() && a.ModTime().Equal(b.ModTime())
}

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
	cache map[string]cachedETag
}

type cachedETag struct {
	info fs.FileInfo
	etag string
}

// maxETags bounds the memory to about a megabyte.
const maxETags = 4096

func newETags() *etags { return &etags{cache: make(map[string]cachedETag)} }

// get returns the strong ETag of an open file: half of the SHA-256 of its
// content, quoted.
func (e *etags) get(ctx context.Context, key string, f *os.File, info fs.FileInfo) (string, error) {
	e.mu.Lock()
	k, ok := e.cache[key]
	e.mu.Unlock()
	if ok && sameFile(k.info, info) {
		return k.etag, nil
	}
	hash := sha256.New()
	if _, err := io.Copy(hash, contextReader{ctx, io.NewSectionReader(f, 0, info.Size())}); err != nil {
		return "", fmt.Errorf("hash: %w", err)
	}
	etag := `"` + hex.EncodeToString(hash.Sum(nil)[:16]) + `"`
	e.put(key, cachedETag{info, etag})
	return etag, nil
}

func (e *etags) put(key string, k cachedETag) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for other := range e.cache {
		if len(e.cache) < maxETags {
			break
		}
		delete(e.cache, other)
	}
	e.cache[key] = k
}

func sameFile(a, b fs.FileInfo) bool {
	return os.SameFile(a, b) && a.Size() == b.Size() && a.ModTime().Equal(b.ModTime())
}

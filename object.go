package lector

import "time"

// Object describes one stored object: an MP3, a caption file, a manifest, a
// clip. Keys match ^[a-z0-9/_.-]+$ and no key is another's parent.
type Object struct {
	Key          string
	Size         int64
	ContentType  string
	CacheControl string
	ETag         string // quoted, as in HTTP
	Modified     time.Time
}

package lector

import (
	"path"
	"strings"
	"time"
)

// Object describes one stored object: an MP3, a caption file, a manifest, a
// clip. No key is another's parent.
type Object struct {
	Key          string
	Size         int64
	ContentType  string
	CacheControl string
	ETag         string // quoted, as in HTTP
	Modified     time.Time
}

// What HTTP caches may do with an object: the pointer is looked at again after
// half a minute, everything else is named for its content and never changes.
//
// It stands here because it belongs to the object, wherever that is read: the S3
// store writes it beside the object, for listeners who fetch it there, and the
// publisher sends the same with objects of the disk store. Neither may import the
// other, and a rendition must not be cached differently when its store is moved.
const (
	CachePointer   = "public, max-age=30, s-maxage=60, stale-while-revalidate=300"
	CacheImmutable = "public, max-age=31536000, immutable, no-transform"
)

// NewObject describes an object that is about to be stored under key: the
// content type follows from the key's extension, the cache header from whether
// the key is a pointer.
func NewObject(key string) Object {
	return Object{Key: key, ContentType: ContentTypeOf(key), CacheControl: CacheControlOf(key)}
}

// ContentTypeOf returns the content type that the extension of key stands for;
// an unknown extension is application/octet-stream.
func ContentTypeOf(key string) string {
	switch path.Ext(key) {
	case ".mp3":
		return "audio/mpeg"
	case ".vtt":
		return "text/vtt; charset=utf-8"
	case ".json":
		return "application/json"
	case ".jpg":
		return "image/jpeg"
	case ".png":
		return "image/png"
	}
	return "application/octet-stream"
}

// CacheControlOf returns the cache header of key: CachePointer for the mutable
// manifest.json of a rendition, CacheImmutable for the rest.
func CacheControlOf(key string) string {
	if path.Base(key) == pointerName {
		return CachePointer
	}
	return CacheImmutable
}

// keyCharacters are the characters of a key.
const keyCharacters = "abcdefghijklmnopqrstuvwxyz0123456789/_.-"

// ValidKey reports whether key can name an object in every store: 1–256 bytes
// of [a-z0-9/_.-], no empty, "." or ".." part between slashes, no slash at
// either end and no ".." anywhere.
func ValidKey(key string) bool {
	if key == "" || len(key) > 256 {
		return false
	}
	return strings.Trim(key, keyCharacters) == "" && !strings.Contains(key, "..") && path.Clean("/"+key) == "/"+key
}

// ValidPrefix reports whether prefix can begin a key: it is empty, a valid
// key, or one with a slash behind it.
func ValidPrefix(prefix string) bool {
	return prefix == "" || ValidKey(strings.TrimSuffix(prefix, "/"))
}

// pointerName is the name of the one mutable object of a rendition.
const pointerName = "manifest.json"

// Prefix returns where an article's rendition lies in the store.
func Prefix(site, key string) string { return "a/" + site + "/" + key + "/" }

// PointerKey returns the key of the one mutable object of a rendition.
func PointerKey(site, key string) string { return Prefix(site, key) + pointerName }

// WithdrawnKey returns where it is noted which files of an article were public and are
// so no more: what asks for them is told that they are gone.
func WithdrawnKey(site, key string) string { return "withdrawn/" + site + "/" + key + ".json" }

// Withdrawn is that note.
type Withdrawn struct {
	Files []string `json:"files"` // names, sorted
}

// AnswerKey returns where the answer of a voice lies until its clip is made.
func AnswerKey(hash string) string { return "answers/" + hash[:2] + "/" + hash + ".mp3" }

// ClipKey returns where the clip with the given hash lies in the store.
func ClipKey(hash string) string { return "clips/" + hash[:2] + "/" + hash + ".mp3" }

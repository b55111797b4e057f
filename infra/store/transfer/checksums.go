package transfer

import (
	"context"
	"crypto/md5" //nolint:gosec // S3 servers name objects by it
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"strings"

	"lector"
)

// checksums tell contents apart: SHA-256 for us, MD5 since it is what S3 servers
// give as the ETag of an object that was written in one piece.
type checksums struct {
	size   int64
	sha256 string // hexadecimal
	md5    string // hexadecimal
}

// checksumsOf reads r to its end, and copies it to w.
func checksumsOf(w io.Writer, r io.Reader) (checksums, error) {
	long, short := sha256.New(), md5.New() //nolint:gosec // see sums
	n, err := io.Copy(io.MultiWriter(w, long, short), r)
	return checksums{n, hex.EncodeToString(long.Sum(nil)), hex.EncodeToString(short.Sum(nil))}, err
}

// matchesETag reports whether an ETag is a sum of this content: its MD5, or half of
// its SHA-256 as the disk store has it. If not, nothing is known.
func (s checksums) matchesETag(etag string) bool {
	etag = strings.Trim(etag, `"`)
	return etag != "" && (etag == s.md5 || etag == s.sha256[:32])
}

// objectChecksums reads an object of a store for its sums.
func objectChecksums(ctx context.Context, s Source, key string) (checksums, error) {
	body, _, err := s.Open(ctx, key)
	if err != nil {
		return checksums{}, err
	}
	defer body.Close()
	return checksumsOf(io.Discard, body)
}

// same reports whether both stores have the same content under the key of p.
// It reads the side whose list states no ETag, which is a disk, and downloads
// only if the ETag of the other is no sum.
func (c *Copy) same(ctx context.Context, p pair) (bool, error) {
	if p.from == nil || p.to == nil || p.from.Size != p.to.Size {
		return false, nil
	}
	if p.from.ETag != "" && p.from.ETag == p.to.ETag {
		return true, nil
	}
	type side struct {
		store Source
		etag  string
	}
	near, far := side{c.From, p.from.ETag}, side{c.To, p.to.ETag}
	if far.etag == "" {
		near, far = far, near
	}
	one, err := objectChecksums(ctx, near.store, p.key)
	if err != nil || one.matchesETag(far.etag) {
		return err == nil, err
	}
	other, err := objectChecksums(ctx, far.store, p.key)
	return err == nil && one == other, err
}

// Verified returns a target that reads back what it has written: a Put succeeds when
// the stored object has the checksum of the body. A damaged one is deleted.
func Verified(t Target) Target { return verified{t} }

type verified struct{ Target }

// errDiffers is returned for an object that does not come back as it was sent.
type errDiffers struct{ key string }

// Error names the object.
func (e errDiffers) Error() string { return e.key + " does not come back as it was written" }

// Put writes an object, reads it back where the ETag does not prove it whole, and deletes
// it where it differs: the error then is an errDiffers.
func (v verified) Put(ctx context.Context, o lector.Object, body io.ReadSeeker) error {
	if err := v.Target.Put(ctx, o, body); err != nil {
		return err
	}
	if _, err := body.Seek(0, io.SeekStart); err != nil {
		return err
	}
	want, err := checksumsOf(io.Discard, body)
	if err != nil {
		return err
	}
	stored, err := v.Stat(ctx, o.Key)
	if err != nil || want.matchesETag(stored.ETag) {
		return err
	}
	got, err := objectChecksums(ctx, v.Target, o.Key)
	if err != nil || got == want {
		return err
	}
	err = lector.Hint(errDiffers{o.Key}, "run it again; if it stays so, the target is not to be trusted: see its disks and its log")
	return errors.Join(err, v.Delete(ctx, o.Key))
}

// DryRun returns a target whose writes and deletions succeed without doing anything, so
// that a copy only counts. Give such a copy one round.
func DryRun(t Target) Target { return dryRun{t} }

type dryRun struct{ Target }

// Put writes nothing.
func (dryRun) Put(ctx context.Context, _ lector.Object, _ io.ReadSeeker) error { return ctx.Err() }

// Delete deletes nothing.
func (dryRun) Delete(ctx context.Context, _ string) error { return ctx.Err() }

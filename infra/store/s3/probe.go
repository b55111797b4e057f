package s3

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"

	sdk "github.com/aws/aws-sdk-go-v2/service/s3"

	"lector"
)

// Trait is one thing in which S3 servers differ, as it was found.
type Trait struct {
	Name  string `json:"name"`            // such as "create-only writes"
	Kept  bool   `json:"kept"`            // as Amazon S3 does it, or as is best for Lector
	Found string `json:"found"`           // what the server did, in a few words
	Means string `json:"means,omitempty"` // when not kept: what is lost here, and what to do
}

// Probe finds out which features of Amazon S3 the server supports, by writing
// a few small objects, which it deletes again. It takes about sixty
// requests. An error says that the probe could not be made.
func (s *Store) Probe(ctx context.Context) ([]Trait, error) {
	if err := s.headBucket(ctx); err != nil {
		return nil, s.wrapError("probe", "", err)
	}
	p := &probe{Store: s}
	defer p.cleanUp(ctx)
	var traits []Trait
	for _, t := range traitChecks() {
		found, err := t.run(p, ctx)
		if err != nil {
			return nil, s.wrapError("probe "+t.name, "", err)
		}
		trait := Trait{Name: t.name, Found: found, Kept: found == supported}
		if !trait.Kept {
			trait.Means = t.consequence
		}
		traits = append(traits, trait)
	}
	return traits, nil
}

// Results of a check. Any other than supported comes with its consequence.
const (
	supported = "kept"
	ignored   = "ignored"
	refused   = "refused as unknown"
)

// probe is one run of the checks. It records the keys that it wrote.
type probe struct {
	*Store
	keys []string
}

// key returns a new key.
func (p *probe) key() string {
	p.keys = append(p.keys, pingKey())
	return p.keys[len(p.keys)-1]
}

// cleanUp deletes what the checks wrote, also after an interruption. Errors are
// ignored: what stays is a few bytes.
func (p *probe) cleanUp(ctx context.Context) {
	for _, key := range p.keys {
		_ = p.Delete(context.WithoutCancel(ctx), key)
	}
}

// write puts content under key and returns the ETag that the server gave it.
func (p *probe) write(ctx context.Context, key, content string) (etag *string, err error) {
	if err := p.put(ctx, lector.NewObject(key), strings.NewReader(content)); err != nil {
		return nil, err
	}
	out, err := p.client.HeadObject(ctx, &sdk.HeadObjectInput{Bucket: &p.bucket, Key: &key})
	if err != nil {
		return nil, err
	}
	return out.ETag, nil
}

// replacedETag puts an object, replaces it, and returns its former ETag.
func (p *probe) replacedETag(ctx context.Context) (key string, etag *string, err error) {
	key = p.key()
	if etag, err = p.write(ctx, key, "first"); err == nil {
		_, err = p.write(ctx, key, "second")
	}
	return key, etag, err
}

// conditionResult reads the answer to a request whose condition does not hold. What is
// neither success nor refusal is an error.
func conditionResult(err error) (string, error) {
	switch {
	case err == nil:
		return ignored, nil
	case code(err) == "PreconditionFailed", code(err) == "ConditionalRequestConflict", status(err) == http.StatusPreconditionFailed:
		return supported, nil
	case status(err) == http.StatusNotImplemented, status(err) == http.StatusBadRequest:
		return refused, nil
	}
	return "", err
}

func (p *probe) tryStalePut(ctx context.Context) (string, error) {
	key, etag, err := p.replacedETag(ctx)
	if err != nil {
		return "", err
	}
	return conditionResult(p.put(ctx, lector.NewObject(key), strings.NewReader("third"),
		func(in *sdk.PutObjectInput) { in.IfMatch = etag }))
}

func (p *probe) tryStaleDelete(ctx context.Context) (string, error) {
	key, etag, err := p.replacedETag(ctx)
	if err != nil {
		return "", err
	}
	_, err = p.client.DeleteObject(ctx, &sdk.DeleteObjectInput{Bucket: &p.bucket, Key: &key, IfMatch: etag})
	return conditionResult(err)
}

func (p *probe) tryStaleGet(ctx context.Context) (string, error) {
	key, etag, err := p.replacedETag(ctx)
	if err != nil {
		return "", err
	}
	out, err := p.client.GetObject(ctx, &sdk.GetObjectInput{Bucket: &p.bucket, Key: &key, IfMatch: etag})
	if err == nil {
		out.Body.Close()
	}
	return conditionResult(err)
}

// Races of the create-only trial: in so many rounds so many writers meet.
const (
	raceRounds  = 4
	raceWriters = 8
)

// tryCreate lets writers race for a key, round after round, and then writes to
// a key that is taken: one may win, and nobody afterwards.
func (p *probe) tryCreate(ctx context.Context) (string, error) {
	for range raceRounds {
		key := p.key()
		winners, err := p.race(ctx, key)
		if err == nil && winners <= 1 {
			err = p.putAbsent(ctx, lector.NewObject(key), strings.NewReader("late"))
		}
		switch {
		case winners > 1:
			return fmt.Sprintf("%d of %d writers at once succeed", winners, raceWriters), nil
		case errors.Is(err, lector.ErrExists):
			continue
		}
		return conditionResult(err)
	}
	return supported, nil
}

// race counts the writers that created key. The error is one that had another
// cause than the others' success.
func (p *probe) race(ctx context.Context, key string) (winners int, err error) {
	errs := make([]error, raceWriters)
	var writers sync.WaitGroup
	for w := range errs {
		writers.Go(func() { errs[w] = p.putAbsent(ctx, lector.NewObject(key), strings.NewReader(fmt.Sprint(w))) })
	}
	writers.Wait()
	for _, e := range errs {
		switch {
		case e == nil:
			winners++
		case !errors.Is(e, lector.ErrExists):
			err = e
		}
	}
	return winners, err
}

func (p *probe) tryHeaders(ctx context.Context) (string, error) {
	want := lector.NewObject(p.key())
	if _, err := p.write(ctx, want.Key, "headers"); err != nil {
		return "", err
	}
	got, err := p.Stat(ctx, want.Key)
	switch {
	case err != nil:
		return "", err
	case got.CacheControl != want.CacheControl:
		return fmt.Sprintf("Cache-Control comes back as %q", got.CacheControl), nil
	}
	return supported, nil
}

// tryRange asks for the end of ten digits, by a range as players send it.
func (p *probe) tryRange(ctx context.Context, span, want string) (string, error) {
	key := p.key()
	if _, err := p.write(ctx, key, "0123456789"); err != nil {
		return "", err
	}
	out, err := p.client.GetObject(ctx, &sdk.GetObjectInput{Bucket: &p.bucket, Key: &key, Range: &span})
	if status(err) == http.StatusNotImplemented || status(err) == http.StatusRequestedRangeNotSatisfiable {
		return refused, nil
	}
	if err != nil {
		return "", err
	}
	defer out.Body.Close()
	got, err := io.ReadAll(out.Body)
	if err == nil && string(got) != want {
		return fmt.Sprintf("%s of 0123456789 comes as %q", span, got), nil
	}
	return supported, err
}

func (p *probe) tryMiddle(ctx context.Context) (string, error) {
	return p.tryRange(ctx, "bytes=4-", "456789")
}

func (p *probe) trySuffix(ctx context.Context) (string, error) {
	return p.tryRange(ctx, "bytes=-3", "789")
}

// tryVersions looks whether the bucket keeps what is deleted. Who may not look,
// or asks a server without versions, finds none.
func (p *probe) tryVersions(ctx context.Context) (string, error) {
	out, err := p.client.GetBucketVersioning(ctx, &sdk.GetBucketVersioningInput{Bucket: &p.bucket})
	if err == nil && out.Status != "" {
		return "the bucket keeps old versions", nil
	}
	return unlessRefused(err)
}

func (p *probe) tryLock(ctx context.Context) (string, error) {
	out, err := p.client.GetObjectLockConfiguration(ctx, &sdk.GetObjectLockConfigurationInput{Bucket: &p.bucket})
	if err == nil && out.ObjectLockConfiguration != nil && out.ObjectLockConfiguration.ObjectLockEnabled != "" {
		return "the bucket has Object Lock", nil
	}
	return unlessRefused(err)
}

// unlessRefused takes a refusal for an answer: what cannot be asked for is not there.
func unlessRefused(err error) (string, error) {
	if status(err) >= 400 {
		err = nil
	}
	return supported, err
}

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"lector"
	"lector/infra/nats"
	"lector/infra/store/disk"
	"lector/infra/store/s3"
	"lector/infra/store/transfer"
)

// storeLocation is where a store is: a directory or a bucket.
type storeLocation struct {
	dir    string // "" for a bucket
	bucket s3.Config
}

// String describes the location in messages.
func (p storeLocation) String() string {
	switch {
	case p.dir != "":
		return "disk " + p.dir
	case p.bucket.Endpoint != "":
		return "s3 " + p.bucket.Bucket + " at " + p.bucket.Endpoint
	}
	return "s3 " + p.bucket.Bucket + " in " + p.bucket.Region
}

// same reports whether both are the same location.
func (p storeLocation) same(other storeLocation) bool {
	if p.String() == other.String() {
		return true
	}
	one, err := os.Stat(p.dir)
	if err != nil { // a bucket, or not there
		return false
	}
	two, err := os.Stat(other.dir)
	return err == nil && os.SameFile(one, two)
}

// storeLocation reads a word such as disk:DIR or s3:BUCKET@ADDRESS. The role, FROM or
// TO, names the variables of its keys.
func (a *app) storeLocation(c *config, role, word string) (storeLocation, error) {
	kind, rest, _ := strings.Cut(word, ":")
	switch {
	case kind == "disk" && rest == "":
		return storeLocation{dir: filepath.Join(c.Data, "store")}, nil
	case kind == "disk":
		return storeLocation{dir: filepath.Clean(rest)}, nil
	case kind != "s3":
		return storeLocation{}, usageError{lector.Hint(fmt.Errorf("store copy: %s: %q is no store", role, word),
			"give disk, disk:DIR, s3 or s3:BUCKET; see lector store -h")}
	}
	p := storeLocation{bucket: c.bucket()}
	bucket, at, elsewhere := strings.Cut(rest, "@")
	if bucket != "" {
		p.bucket.Bucket = bucket
	}
	switch {
	case strings.Contains(at, "://"):
		p.bucket.Endpoint = strings.TrimSuffix(at, "/")
	case elsewhere:
		p.bucket.Endpoint, p.bucket.Region = "", at
	}
	err := a.locationKeys(&p.bucket, "LECTOR_"+role)
	return p, err
}

// locationKeys reads the key pair that one of the two stores has for itself.
func (a *app) locationKeys(b *s3.Config, prefix string) error {
	id, err := a.secret(prefix + "_ACCESS_KEY_ID")
	if err != nil {
		return err
	}
	secret, err := a.secret(prefix + "_SECRET_ACCESS_KEY")
	if err != nil {
		return err
	}
	b.AccessKeyID, b.SecretAccessKey = id, secret
	return nil
}

// openLocation opens a store. A directory is made where missing.
func (h *resources) openLocation(ctx context.Context, p storeLocation) (transfer.Target, error) {
	if p.dir == "" {
		return s3.Open(ctx, p.bucket)
	}
	s, err := disk.Open(p.dir)
	if err != nil {
		return nil, err
	}
	h.onClose(s.Close)
	return s, nil
}

// source opens the store that is copied from, if it holds anything: an empty
// one is the wrong one.
func (h *resources) source(ctx context.Context, p storeLocation) (transfer.Source, error) {
	nothing := lector.Hint(fmt.Errorf("store copy: %s holds nothing of lector's", p), "is it the right one? FROM comes first, TO second")
	if p.dir != "" && !exists(p.dir) { // opening it would make it
		return nil, nothing
	}
	s, err := h.openLocation(ctx, p)
	if err != nil {
		return nil, err
	}
	found, err := transfer.Any(ctx, s)
	if err == nil && !found {
		err = nothing
	}
	return s, err
}

// target opens the store that is copied to, and tries to write; for a plan it
// changes nothing.
func (h *resources) target(ctx context.Context, p storeLocation, f storeFlags) (transfer.Target, error) {
	if f.plan && p.dir != "" && !exists(p.dir) {
		return transfer.DryRun(transfer.Empty{}), nil
	}
	s, err := h.openLocation(ctx, p)
	if err != nil {
		return nil, err
	}
	if f.plan {
		return plannedTarget(ctx, s), nil
	}
	if b, ok := s.(bucketMaker); ok && f.bucket {
		if err := b.CreateBucket(ctx); err != nil {
			return nil, err
		}
	}
	if pinged, ok := s.(interface{ Ping(context.Context) error }); ok {
		if err := pinged.Ping(ctx); err != nil {
			return nil, targetHint(err)
		}
	}
	return transfer.Verified(s), nil
}

// plannedTarget is a target that is not written to. A bucket that is still to be
// created counts as empty.
func plannedTarget(ctx context.Context, s transfer.Target) transfer.Target {
	if _, err := transfer.Any(ctx, s); isMissingBucket(err) {
		return transfer.DryRun(transfer.Empty{})
	}
	return transfer.DryRun(s)
}

func isMissingBucket(err error) bool {
	var stated interface{ ErrorCode() string }
	return errors.As(err, &stated) && stated.ErrorCode() == "NoSuchBucket"
}

// targetHint says how this command makes a bucket that is missing.
func targetHint(err error) error {
	if isMissingBucket(err) {
		return lector.Hint(err, "is the name right? -create-bucket creates it")
	}
	return err
}

// jobRecords opens the job records, which know what was withdrawn. Where there are none,
// or they are not wanted, it returns nil.
func (h *resources) jobRecords(ctx context.Context, f storeFlags) (transfer.Jobs, error) {
	if f.exact {
		return nil, nil
	}
	records, err := h.existingRecords(ctx)
	if records == nil {
		return nil, err
	}
	return records, err
}

// existingRecords opens the job records of the configured server, of a running lector, or of
// one that is stopped. Where there are none it returns nil.
func (h *resources) existingRecords(ctx context.Context) (*nats.JobStore, error) {
	if h.config.NATS.URL == "" && !exists(h.config.natsDir()) {
		return nil, nil
	}
	if !isServing(h.config) {
		if err := h.embedded(ctx); err != nil {
			return nil, err
		}
	}
	conn, err := h.nats("ops")
	if err != nil {
		return nil, err
	}
	return conn.JobStore(ctx)
}

package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// The key pair, bucket and region of the S3 server of a run.
const (
	s3Key, s3Secret    = "chaos", "chaos-secret"
	s3Bucket, s3Region = "audio", "us-east-1"
)

// newS3Server describes a versitygw that keeps its objects below dir, and returns
// its address.
func newS3Server(dir string) (*child, string, error) {
	path, err := findProgram("versitygw")
	if err != nil {
		return nil, "", fmt.Errorf("%w: make test builds it, and -store disk needs none", err)
	}
	ports, err := freePorts(1)
	if err != nil {
		return nil, "", err
	}
	data, meta := filepath.Join(dir, "objects"), filepath.Join(dir, "meta")
	for _, d := range []string{data, meta} {
		if err := os.MkdirAll(d, 0o755); err != nil {
			return nil, "", err
		}
	}
	return &child{
		name: "versitygw", path: path, dir: dir,
		args: []string{"--port", loopback(ports[0]), "--health", "/health", "--region", s3Region, "--quiet", "posix", "--sidecar",
			meta, data},
		env: []string{"ROOT_ACCESS_KEY_ID=" + s3Key, "ROOT_SECRET_ACCESS_KEY=" + s3Secret},
	}, "http://" + loopback(ports[0]), nil
}

// findProgram looks in ./bin of this and the directories above, then on PATH.
func findProgram(name string) (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for ; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		file := filepath.Join(dir, "bin", name)
		if info, err := os.Stat(file); err == nil && info.Mode().IsRegular() && info.Mode()&0o111 != 0 {
			return file, nil
		}
	}
	return exec.LookPath(name)
}

// awaitHTTP waits until an address answers with status 200.
func awaitHTTP(ctx context.Context, address string) error {
	err := until(ctx, 50*time.Millisecond, func() bool {
		status, _, err := get(ctx, address)
		return err == nil && status == http.StatusOK
	})
	if err != nil {
		return fmt.Errorf("wait for %s: %w", address, err)
	}
	return nil
}

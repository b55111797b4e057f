// Package s3test starts a real S3 server for a test: versitygw, on a free
// loopback port, over a temporary directory. It is imported by tests only.
package s3test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"lector/infra/limittest"
	"lector/infra/store/s3"
)

// Install is how to get the server where it is missing.
const Install = "go install github.com/versity/versitygw/cmd/versitygw@v1.8.0"

// Region is the one that the server goes by.
const Region = "us-east-1"

// Server is a running versitygw and the key pair of its root user.
type Server struct {
	Endpoint                     string // http://127.0.0.1:port
	AccessKeyID, SecretAccessKey string
	Dir                          string // objects are plain files in Dir/bucket

	buckets *atomic.Int32 // that NewBucket made
}

// Start starts a server with the given buckets, to be stopped at the end of
// the test. Without the program the test is skipped, and says so.
func Start(t testing.TB, buckets ...string) *Server {
	t.Helper()
	program, err := find()
	if err != nil {
		t.Skipf("SKIPPED, no real S3 server here: %v; install it by: %s", err, Install)
	}
	var last error
	for range 3 { // another process may take the port first
		s := &Server{AccessKeyID: "lector-test", SecretAccessKey: "lector-test-secret", Dir: t.TempDir(), buckets: new(atomic.Int32)}
		if last = s.start(t, program); last == nil {
			for _, bucket := range buckets {
				s.CreateBucket(t, bucket)
			}
			return s
		}
	}
	t.Fatalf("start versitygw: %v", last)
	return nil
}

// Config returns the settings with which the store opens a bucket of s.
func (s *Server) Config(bucket string) s3.Config {
	return s3.Config{
		Bucket: bucket, Endpoint: s.Endpoint, Region: Region,
		AccessKeyID: s.AccessKeyID, SecretAccessKey: s.SecretAccessKey,
	}
}

// Env returns the variables with which a program finds a bucket of s.
func (s *Server) Env(bucket string) []string {
	return []string{
		"LECTOR_STORE_KIND=s3", "LECTOR_STORE_BUCKET=" + bucket,
		"LECTOR_STORE_ENDPOINT=" + s.Endpoint, "LECTOR_STORE_REGION=" + Region,
		"AWS_ACCESS_KEY_ID=" + s.AccessKeyID, "AWS_SECRET_ACCESS_KEY=" + s.SecretAccessKey,
	}
}

// CreateBucket makes a bucket.
func (s *Server) CreateBucket(t testing.TB, bucket string) {
	t.Helper()
	store, err := s3.Open(t.Context(), s.Config(bucket))
	if err == nil {
		err = store.CreateBucket(t.Context())
	}
	if err != nil {
		t.Fatal(err)
	}
}

// NewBucket makes a bucket that no other test uses, and returns its name.
func (s *Server) NewBucket(t testing.TB) string {
	t.Helper()
	bucket := fmt.Sprintf("bucket-%d", s.buckets.Add(1))
	s.CreateBucket(t, bucket)
	return bucket
}

// find looks where make puts the program, on PATH, and where go install does.
func find() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for ; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		if program := filepath.Join(dir, "bin", "versitygw"); executable(program) {
			return program, nil
		}
	}
	if program, err := exec.LookPath("versitygw"); err == nil {
		return program, nil
	}
	if home, err := os.UserHomeDir(); err == nil {
		if program := filepath.Join(home, "go", "bin", "versitygw"); executable(program) {
			return program, nil
		}
	}
	return "", fmt.Errorf("versitygw is neither in ./bin nor on PATH")
}

func executable(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.Mode().IsRegular() && info.Mode()&0o111 != 0
}

func (s *Server) start(t testing.TB, program string) error {
	address, err := freeAddress(t.Context())
	if err != nil {
		return err
	}
	data, meta := filepath.Join(s.Dir, "data"), filepath.Join(s.Dir, "meta")
	if err := os.MkdirAll(data, 0o755); err != nil {
		return err
	}
	if err := os.MkdirAll(meta, 0o755); err != nil {
		return err
	}
	s.Endpoint, s.Dir = "http://"+address, data
	log := new(bytes.Buffer)
	cmd := exec.Command(program, "--port", address, "--health", "/health", "--region", Region, "--quiet",
		"posix", "--sidecar", meta, data) // the sidecar serves where there are no extended attributes
	cmd.Env = append(os.Environ(), "ROOT_ACCESS_KEY_ID="+s.AccessKeyID, "ROOT_SECRET_ACCESS_KEY="+s.SecretAccessKey)
	cmd.Stdout, cmd.Stderr = log, log
	dieWithParent(cmd)
	if err := cmd.Start(); err != nil {
		return err
	}
	ended := make(chan struct{})
	go func() { defer close(ended); cmd.Wait() }()
	stop := func() { cmd.Process.Kill(); <-ended }
	t.Cleanup(stop)
	if err := s.await(t, ended); err != nil {
		stop()
		return fmt.Errorf("%w: %s", err, strings.TrimSpace(log.String()))
	}
	return nil
}

func freeAddress(ctx context.Context) (string, error) {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

// await asks the server for its health until it answers or has ended.
func (s *Server) await(t testing.TB, ended <-chan struct{}) error {
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	var gone bool
	limittest.Until(t, "versitygw answers", func() bool {
		select {
		case <-ended:
			gone = true
		default:
		}
		return gone || s.healthy(t, client)
	})
	if gone {
		return errors.New("versitygw ended")
	}
	return nil
}

func (s *Server) healthy(t testing.TB, client *http.Client) bool {
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.Endpoint+"/health", nil)
	if err != nil {
		return false
	}
	answer, err := client.Do(r)
	if err != nil {
		return false
	}
	answer.Body.Close()
	return answer.StatusCode == http.StatusOK
}

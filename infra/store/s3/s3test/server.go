// Package s3test starts real S3 servers for tests, each on free loopback ports,
// over a temporary directory. It is imported by tests only.
package s3test

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"

	"lector/infra/limittest"
	"lector/infra/store/s3"
)

// region is the one that the servers go by.
const region = "us-east-1"

// Server is a running server and the key pair of its root user.
type Server struct {
	Endpoint                     string // http://127.0.0.1:port
	AccessKeyID, SecretAccessKey string
	Dir                          string // where the server keeps everything

	program Program
	health  string        // address that answers 200 when the server is ready
	buckets *atomic.Int32 // that NewBucket made
}

// Start starts versitygw with the given buckets, to be stopped at the end of
// the test. Without the program the test is skipped, and says so.
func Start(t testing.TB, buckets ...string) *Server {
	t.Helper()
	return StartProgram(t, versitygw(), buckets...)
}

// StartProgram is Start for one of the programs.
func StartProgram(t testing.TB, p Program, buckets ...string) *Server {
	t.Helper()
	path, err := p.Find()
	if err != nil {
		t.Skipf("SKIPPED, no real S3 server here: %v; install it by: %s", err, p.Install)
	}
	var last error
	for range 3 { // another process may take a port first
		s := &Server{
			AccessKeyID: "lector-test", SecretAccessKey: "lector-test-secret", Dir: t.TempDir(),
			program: p, buckets: new(atomic.Int32),
		}
		if last = s.start(t, path); last == nil {
			for _, bucket := range buckets {
				s.CreateBucket(t, bucket)
			}
			return s
		}
	}
	t.Fatalf("start %s: %v", p.Name, last)
	return nil
}

// Config returns the settings with which the store opens a bucket of s.
func (s *Server) Config(bucket string) s3.Config {
	return s3.Config{
		Bucket: bucket, Endpoint: s.Endpoint, Region: region,
		AccessKeyID: s.AccessKeyID, SecretAccessKey: s.SecretAccessKey,
	}
}

// Env returns the variables with which a program finds a bucket of s.
func (s *Server) Env(bucket string) []string {
	return []string{
		"LECTOR_STORE_KIND=s3", "LECTOR_STORE_BUCKET=" + bucket,
		"LECTOR_STORE_ENDPOINT=" + s.Endpoint, "LECTOR_STORE_REGION=" + region,
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

func (s *Server) start(t testing.TB, path string) error {
	ports, err := freePorts(t.Context(), s.program.ports)
	if err != nil {
		return err
	}
	s.Endpoint = "http://127.0.0.1:" + ports[0]
	s.health = s.Endpoint + s.program.health
	args, env, err := s.program.run(s, ports)
	if err != nil {
		return err
	}
	log := new(bytes.Buffer)
	cmd := exec.Command(path, args...)
	cmd.Env, cmd.Dir = append(os.Environ(), env...), s.Dir
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

// freePorts returns loopback ports that nobody listens on at the moment.
func freePorts(ctx context.Context, n int) (ports []string, err error) {
	for range n {
		l, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
		if err != nil {
			return nil, err
		}
		defer l.Close() // together, so that no two are alike
		_, port, err := net.SplitHostPort(l.Addr().String())
		if err != nil {
			return nil, err
		}
		ports = append(ports, port)
	}
	return ports, nil
}

// await asks the server for its health until it answers or has ended.
func (s *Server) await(t testing.TB, ended <-chan struct{}) error {
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	var gone bool
	limittest.Until(t, s.program.Name+" answers", func() bool {
		select {
		case <-ended:
			gone = true
		default:
		}
		return gone || s.healthy(t, client)
	})
	if gone {
		return fmt.Errorf("%s ended", s.program.Name)
	}
	return nil
}

func (s *Server) healthy(t testing.TB, client *http.Client) bool {
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.health, nil)
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

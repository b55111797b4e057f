package deploy_test

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"net"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"

	"go.yaml.in/yaml/v3"

	"lector/infra/lectortest"
	"lector/infra/limittest"
	"lector/infra/store/s3"
	"lector/infra/store/s3/s3test"
)

// service is what of a compose service matters without a container.
type service struct {
	Command     []string          `yaml:"command"`
	Environment map[string]string `yaml:"environment"`
}

// services reads docker-compose.yml with its defaults.
func services(t *testing.T) map[string]service {
	t.Helper()
	return servicesWith(t, "$1")
}

// servicesWith reads docker-compose.yml with the same value for all its variables, in
// which $1 stands for the default.
func servicesWith(t *testing.T, value string) map[string]service {
	t.Helper()
	content, err := os.ReadFile("../../docker-compose.yml")
	if err != nil {
		t.Fatal(err)
	}
	filled := regexp.MustCompile(`\$\{\w+:-([^}]*)\}`).ReplaceAll(content, []byte(value))
	var file struct {
		Services map[string]service `yaml:"services"`
	}
	if err := yaml.Unmarshal(filled, &file); err != nil {
		t.Fatal(err)
	}
	return file.Services
}

// composed is the installation of docker-compose.yml as processes of this machine:
// the same commands and settings, other addresses.
type composed struct {
	program  string
	services map[string]service
	replaced []string // pairs of an address in the file and the one here
	store    *s3test.Server
}

func compose(t *testing.T) *composed {
	t.Helper()
	c := &composed{services: services(t), program: lectortest.Program(t)}
	passwords := c.services["nats"].Environment
	broker := startNATS(t, func(name string) string { return passwords[name] })
	c.store = s3test.Start(t)
	c.replaced = []string{
		"nats://nats:4222", broker, "http://s3:7070", c.store.Endpoint,
		"http://127.0.0.1:8080", "http://" + freeAddress(t), "/samples/", "../../publisher/paper/content/",
	}
	return c
}

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// environment is the service's, and nothing of this machine but the path. Each
// container has its own private address and directory.
func (c *composed) environment(t *testing.T, name string) []string {
	t.Helper()
	env := maps.Clone(c.services[name].Environment)
	if env["AWS_ACCESS_KEY_ID"] != "" {
		env["AWS_ACCESS_KEY_ID"], env["AWS_SECRET_ACCESS_KEY"] = c.store.AccessKeyID, c.store.SecretAccessKey
	}
	env["LECTOR_ADMIN_LISTEN"], env["LECTOR_LISTEN"] = freeAddress(t), strings.TrimPrefix(c.here("http://127.0.0.1:8080"), "http://")
	env["LECTOR_DATA"], env["PATH"], env["HOME"] = t.TempDir(), os.Getenv("PATH"), t.TempDir()
	var list []string
	for key, value := range env {
		list = append(list, key+"="+c.here(value))
	}
	return list
}

func (c *composed) here(value string) string {
	return strings.NewReplacer(c.replaced...).Replace(value)
}

// run runs a one-shot service and returns what it prints.
func (c *composed) run(t *testing.T, name string, more ...string) string {
	t.Helper()
	cmd := exec.CommandContext(limittest.Context(t), c.program, c.arguments(name, more)...)
	cmd.Env = c.environment(t, name)
	var log bytes.Buffer // of what it waits for, say
	cmd.Stderr = &log
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s%s", name, err, out, &log)
	}
	return string(out)
}

func (c *composed) arguments(name string, more []string) []string {
	args := slices.Concat(c.services[name].Command, more)
	for i := range args {
		args[i] = c.here(args[i])
	}
	return args
}

// up starts a service and waits until its health check passes. At the end of
// the test it is stopped as an engine does, and must go in good order.
func (c *composed) up(t *testing.T, name string) {
	t.Helper()
	cmd := exec.Command(c.program, c.arguments(name, nil)...)
	cmd.Env = c.environment(t, name)
	var log bytes.Buffer
	cmd.Stdout, cmd.Stderr = &log, &log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	t.Cleanup(func() {
		cmd.Process.Signal(syscall.SIGTERM)
		if err := <-ended; err != nil {
			t.Errorf("%s ended: %v\n%s", name, err, &log)
		}
		if strings.Contains(log.String(), "NATS refused") {
			t.Errorf("%s lacks a right:\n%s", name, &log)
		}
	})
	c.awaitHealth(t, cmd.Env)
}

// awaitHealth repeats the image's health check, as an engine does.
func (c *composed) awaitHealth(t *testing.T, env []string) {
	t.Helper()
	limittest.Until(t, "the service is healthy", func() bool {
		check := exec.CommandContext(t.Context(), c.program, "healthcheck")
		check.Env = env
		out, err := check.CombinedOutput()
		if err != nil {
			t.Logf("%v\n%s", err, out)
		}
		return err == nil
	})
}

// TestComposeWithoutContainers is docker compose up with two workers, but for
// the containers.
func TestComposeWithoutContainers(t *testing.T) {
	t.Parallel()
	for _, program := range []string{"flite", "lame"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skipf("SKIPPED, the image's voice is not here: %v; install it by: apt-get install flite lame", err)
		}
	}
	c := compose(t)
	for range 2 {
		c.run(t, "setup")
	}
	c.up(t, "publisher")
	c.up(t, "worker")
	c.up(t, "worker")
	if out := c.run(t, "demo"); !strings.Contains(out, c.here("http://127.0.0.1:8080")+"/embed/havana/sugar-harvest") {
		t.Errorf("the demo does not say where to listen:\n%s", out)
	}
	var job struct{ State, Manifest string }
	if err := json.Unmarshal([]byte(c.run(t, "demo", "-json")), &job); err != nil || job.State != "ready" {
		t.Fatalf("the second publication: %+v, %v", job, err)
	}
	var manifest struct {
		Bytes int
		Links struct{ MP3, VTT, Embed string }
	}
	if err := json.Unmarshal(fetch(t, job.Manifest, "application/json"), &manifest); err != nil {
		t.Fatal(err)
	}
	if mp3 := fetch(t, manifest.Links.MP3, "audio/mpeg"); len(mp3) != manifest.Bytes || manifest.Bytes < 50_000 {
		t.Errorf("the MP3 has %d bytes, the manifest says %d", len(mp3), manifest.Bytes)
	}
	if got := c.renditions(t); got != 1 {
		t.Errorf("%d renditions are in the bucket", got)
	}
	fetch(t, manifest.Links.VTT, "text/vtt; charset=utf-8")
	fetch(t, manifest.Links.Embed, "text/html; charset=utf-8")
}

// renditions counts the MP3s in the bucket that are no clips.
func (c *composed) renditions(t *testing.T) (n int) {
	t.Helper()
	s, err := s3.Open(t.Context(), c.store.Config(c.services["worker"].Environment["LECTOR_STORE_BUCKET"]))
	if err != nil {
		t.Fatal(err)
	}
	for o, err := range s.List(t.Context(), "a/") {
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(o.Key, ".mp3") {
			n++
		}
	}
	return n
}

func fetch(t *testing.T, url, contentType string) []byte {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := new(http.Client).Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	if answer.StatusCode != http.StatusOK || answer.Header.Get("Content-Type") != contentType {
		t.Errorf("%s: %s, %s", url, answer.Status, answer.Header.Get("Content-Type"))
	}
	return body
}

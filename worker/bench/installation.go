package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"lector"
)

// installation is one build that serves.
type installation struct {
	binary, dir string
	admin       string // address of its private server
	environment []string
	process     *exec.Cmd
	ended       chan error // how the process ended
	articles    int        // published so far
}

const site = "bench"

// settings hold for both builds; what is named differently in them is set by the
// environment.
const settings = `data: %[1]s/data
voices:
  reader: {backend: openai, url: "%[2]s", model: tts, voice: reader, max_chars: 100, concurrency: 8}
sites:
  bench: {title: The Bench, url: "https://bench.example", language: en, voices: {en: [reader]}}
`

func start(ctx context.Context, parent, binary, voiceURL string) (*installation, error) {
	dir, err := os.MkdirTemp(parent, "installation-")
	if err != nil {
		return nil, err
	}
	admin, err := freeAddress()
	if err != nil {
		return nil, err
	}
	i := &installation{binary: binary, dir: dir, admin: admin, environment: append(os.Environ(),
		"LECTOR_LISTEN=127.0.0.1:0", "LECTOR_PUBLIC_URL=http://127.0.0.1:1", "LECTOR_LOG_LEVEL=warn")}
	if err := os.WriteFile(i.settings(), fmt.Appendf(nil, settings, dir, voiceURL), 0o600); err != nil {
		return nil, err
	}
	i.nameAdminListen(ctx)
	i.process = i.command(ctx, "serve")
	i.process.Stderr = os.Stderr
	if err := i.process.Start(); err != nil {
		return nil, err
	}
	i.ended = make(chan error, 1)
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	go func() {
		err := i.process.Wait()
		cancel(fmt.Errorf("%s: serve has ended: %w", binary, err))
		i.ended <- err
	}()
	if err := i.awaitReady(ctx); err != nil {
		return nil, errors.Join(err, i.stop())
	}
	return i, nil
}

// nameAdminListen states the address of the private server under the name that the
// build knows: a later one refuses the former name.
func (i *installation) nameAdminListen(ctx context.Context) {
	former := append(i.environment[:len(i.environment):len(i.environment)], "LECTOR_PRIVATE="+i.admin)
	c := i.command(ctx, "config")
	if c.Env = former; c.Run() == nil {
		i.environment = former
		return
	}
	i.environment = append(i.environment, "LECTOR_ADMIN_LISTEN="+i.admin)
}

func freeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

func (i *installation) settings() string { return filepath.Join(i.dir, "lector.yaml") }

func (i *installation) command(ctx context.Context, name string, args ...string) *exec.Cmd {
	c := exec.CommandContext(ctx, i.binary, append([]string{name, "-config", i.settings()}, args...)...)
	c.Env = i.environment
	return c
}

// stop ends the server and waits for it.
func (i *installation) stop() error {
	_ = i.process.Process.Signal(os.Interrupt) // it may have ended
	return <-i.ended
}

// patience is how long anything may take.
const patience = time.Minute

func (i *installation) awaitReady(ctx context.Context) error {
	return await(ctx, func() bool {
		body, err := i.get(ctx, "/readyz")
		if err == nil {
			body.Close()
		}
		return err == nil
	})
}

// await looks every half of a millisecond.
func await(ctx context.Context, done func() bool) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	tick := time.NewTicker(500 * time.Microsecond)
	defer tick.Stop()
	for !done() {
		select {
		case <-ctx.Done():
			return fmt.Errorf("not there after %v: %w", patience, context.Cause(ctx))
		case <-tick.C:
		}
	}
	return nil
}

func (i *installation) get(ctx context.Context, path string) (io.ReadCloser, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+i.admin+path, nil)
	if err != nil {
		return nil, err
	}
	response, err := new(http.Client).Do(request)
	if err != nil {
		return nil, err
	}
	if response.StatusCode != http.StatusOK {
		response.Body.Close()
		return nil, fmt.Errorf("%s: %s", path, response.Status)
	}
	return response.Body, nil
}

// publication is an article at the command that publishes it, which waits for its body.
type publication struct {
	command *exec.Cmd
	stdin   io.WriteCloser
	stdout  io.Reader
	errors  bytes.Buffer
	body    string
	pointer string // the file that names the public audio
}

func (i *installation) begin(ctx context.Context) (*publication, error) {
	id := fmt.Sprint(i.articles)
	title, body := article(i.articles)
	i.articles++
	p := &publication{body: body, pointer: filepath.Join(i.dir, "data", "store", "a", site, lector.Key(site, id), "manifest.json")}
	p.command = i.command(ctx, "publish", "-site", site, "-id", id, "-title", title, "-url", "https://bench.example/"+id, "-")
	p.command.Stderr = &p.errors
	var err, err2 error
	p.stdin, err = p.command.StdinPipe()
	p.stdout, err2 = p.command.StdoutPipe()
	if err := errors.Join(err, err2); err != nil {
		return nil, err
	}
	return p, p.command.Start()
}

// send gives the command the article.
func (p *publication) send() error {
	_, err := io.WriteString(p.stdin, p.body)
	return errors.Join(err, p.stdin.Close())
}

// accepted waits until the command says that the event is stored.
func (p *publication) accepted() error {
	if _, err := io.ReadFull(p.stdout, make([]byte, 1)); err != nil {
		return errors.Join(err, p.wait())
	}
	return nil
}

func (p *publication) wait() error {
	_, _ = io.Copy(io.Discard, p.stdout)
	if err := p.command.Wait(); err != nil {
		return fmt.Errorf("publish: %w: %s", err, p.errors.String())
	}
	return nil
}

func (p *publication) public() bool {
	_, err := os.Stat(p.pointer)
	return err == nil
}

// one publishes an article and returns how long it takes from its event to its audio.
func (i *installation) one(ctx context.Context) (time.Duration, error) {
	p, err := i.begin(ctx)
	if err != nil {
		return 0, err
	}
	if err := errors.Join(p.send(), p.accepted()); err != nil {
		return 0, err
	}
	start := time.Now()
	err = await(ctx, p.public)
	return time.Since(start), errors.Join(err, p.wait())
}

// starting is how long a command is given to come to where it waits for its body: what
// its start takes of the processors is not the worker's.
const starting = 150 * time.Millisecond

// manyAtOnce publishes articles and returns how long it takes until all are public.
func (i *installation) manyAtOnce(ctx context.Context, n int) (time.Duration, error) {
	var all []*publication
	for range n {
		p, err := i.begin(ctx)
		if err != nil {
			return 0, err
		}
		all = append(all, p)
	}
	select {
	case <-time.After(time.Duration(n) * starting):
	case <-ctx.Done():
		return 0, context.Cause(ctx)
	}
	start := time.Now()
	for _, p := range all {
		if err := p.send(); err != nil {
			return 0, err
		}
	}
	for _, p := range all {
		if err := await(ctx, p.public); err != nil {
			return 0, errors.Join(err, p.wait())
		}
	}
	took := time.Since(start)
	for _, p := range all {
		if err := p.wait(); err != nil {
			return 0, err
		}
	}
	return took, nil
}

// usage is what a process has taken since its start.
type usage struct{ cpu, allocations, heap float64 }

// used reads it from the metrics.
func (i *installation) used(ctx context.Context) (u usage, err error) {
	body, err := i.get(ctx, "/metrics")
	if err != nil {
		return u, err
	}
	defer body.Close()
	fields := map[string]*float64{
		"process_cpu_seconds_total": &u.cpu, "go_memstats_mallocs_total": &u.allocations, "go_memstats_alloc_bytes_total": &u.heap,
	}
	lines := bufio.NewScanner(body)
	for lines.Scan() {
		name, value, _ := strings.Cut(lines.Text(), " ")
		if field := fields[name]; field != nil {
			if *field, err = strconv.ParseFloat(value, 64); err != nil {
				return u, err
			}
			delete(fields, name)
		}
	}
	if len(fields) > 0 {
		return u, errors.Join(lines.Err(), fmt.Errorf("no metrics %v", fields))
	}
	return u, lines.Err()
}

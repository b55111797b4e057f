package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"lector"
	"lector/infra/limittest"
	"lector/infra/nats"
	"lector/infra/store/s3"
	"lector/infra/store/s3/s3test"
)

// programs is a directory with the lector of this test and a flite that notes
// each of its calls, and waits for a ticket while there is a gate.
type programs struct {
	t     *testing.T
	dir   string
	calls string
	gate  string // a FIFO with one ticket a line
	env   []string
}

func newPrograms(t *testing.T, env ...string) *programs {
	t.Helper()
	if !hasVoice() {
		t.Skip("SKIPPED: needs flite and lame (apt-get install flite lame)")
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	flite, err := exec.LookPath("flite")
	if err != nil {
		t.Fatal(err)
	}
	p := &programs{t: t, dir: t.TempDir()}
	p.calls, p.gate = filepath.Join(p.dir, "calls"), filepath.Join(p.dir, "gate")
	if err := os.Symlink(self, filepath.Join(p.dir, "lector")); err != nil {
		t.Fatal(err)
	}
	wrapper := fmt.Sprintf("#!/bin/sh\ncase \"$*\" in *--version*|*-lv*|*-version*) exec %[1]s \"$@\";; esac\n"+
		"if [ -p %[2]s ]; then read -r ticket <%[2]s || exit 1; fi\necho call >>%[3]s\nexec %[1]s \"$@\"\n", flite, p.gate, p.calls)
	if err := os.WriteFile(filepath.Join(p.dir, "flite"), []byte(wrapper), 0o755); err != nil {
		t.Fatal(err)
	}
	p.env = append(append(os.Environ(), "PATH="+p.dir+":"+os.Getenv("PATH"), "LECTOR_LISTEN=127.0.0.1:0", "LECTOR_ADMIN_LISTEN=127.0.0.1:0"), env...)
	return p
}

// voiceCalls counts the calls of the voice.
func (p *programs) voiceCalls() int {
	data, err := os.ReadFile(p.calls)
	if err != nil {
		return 0
	}
	return bytes.Count(data, []byte("call"))
}

// run runs lector to its end and returns what it printed.
func (p *programs) run(args ...string) string {
	p.t.Helper()
	c := exec.CommandContext(limittest.Context(p.t), filepath.Join(p.dir, "lector"), args...)
	c.Env, c.Dir = p.env, p.dir
	var stderr bytes.Buffer
	c.Stderr = &stderr
	out, err := c.Output()
	if err != nil {
		p.t.Fatalf("lector %s: %v\n%s", strings.Join(args, " "), err, stderr.Bytes())
	}
	return string(out)
}

// process is a lector that runs on.
type process struct {
	*exec.Cmd
	ready  chan string // the line with which it said so
	exited chan error
}

// start starts lector and waits until it says that it is ready.
func (p *programs) start(args ...string) *process {
	p.t.Helper()
	c := exec.Command(filepath.Join(p.dir, "lector"), args...)
	c.Env, c.Dir = p.env, p.dir
	stderr, err := c.StderrPipe()
	if err != nil {
		p.t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		p.t.Fatal(err)
	}
	run := &process{Cmd: c, ready: make(chan string, 1), exited: make(chan error, 1)}
	go run.follow(stderr)
	p.t.Cleanup(run.kill)
	line, open := <-run.ready
	if !open {
		p.t.Fatalf("lector %s ended: %v", strings.Join(args, " "), <-run.exited)
	}
	c.Args = append(c.Args, line)
	return run
}

func (r *process) follow(stderr io.Reader) {
	for lines := bufio.NewScanner(stderr); lines.Scan(); {
		if strings.Contains(lines.Text(), "msg=ready") {
			r.ready <- lines.Text()
		}
	}
	close(r.ready)
	r.exited <- r.Wait()
	close(r.exited)
}

// kill ends the process as a power cut would.
func (r *process) kill() {
	_ = r.Process.Kill() // it may have ended by itself
	<-r.exited
}

// public is the address of the public HTTP server.
func (r *process) public() string {
	m := regexp.MustCompile(`public=(\S+)`).FindStringSubmatch(r.Args[len(r.Args)-1])
	return m[1]
}

// page is an article of n paragraphs, each its own chunk.
func (p *programs) page(name string, n int) string {
	p.t.Helper()
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "<p>This is paragraph number %d of an article about the harbour, and it is long enough to stand on its own feet.</p>\n", i+1)
	}
	file := filepath.Join(p.dir, name)
	if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
		p.t.Fatal(err)
	}
	return file
}

// job reads the job of the only article.
func (p *programs) job(args ...string) lector.Job {
	p.t.Helper()
	var j lector.Job
	out := p.run(append([]string{"jobs", "list", "-json"}, args...)...)
	if err := json.Unmarshal([]byte(out), &j); err != nil {
		p.t.Fatalf("no single job: %q: %v", out, err)
	}
	return j
}

// await watches the only article's job until it is at rest.
func (p *programs) await(args ...string) (j lector.Job) {
	p.t.Helper()
	ctx, cancel := context.WithCancel(limittest.Context(p.t))
	c := exec.CommandContext(ctx, filepath.Join(p.dir, "lector"), append([]string{"jobs", "watch", "-json"}, args...)...)
	c.Env, c.Dir = p.env, p.dir
	out, err := c.StdoutPipe()
	if err != nil {
		p.t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		p.t.Fatal(err)
	}
	defer func() { cancel(); _ = c.Wait() }() // it watches on until it is killed
	for records := json.NewDecoder(out); !j.State.Terminal(); {
		j = lector.Job{}
		if err := records.Decode(&j); err != nil {
			p.t.Fatalf("watch the job: %v", err)
		}
	}
	return j
}

// closeGate makes the voice wait for tickets, a line each. Calls that wait at the
// end of the test fail.
func (p *programs) closeGate() (tickets *os.File) {
	p.t.Helper()
	if err := syscall.Mkfifo(p.gate, 0o600); err != nil {
		p.t.Fatal(err)
	}
	tickets, err := os.OpenFile(p.gate, os.O_RDWR, 0) // does not wait for a reader
	if err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(func() { _ = tickets.Close() })
	return tickets
}

// storedClips counts the clips of a disk store.
func (p *programs) storedClips(data string) int {
	p.t.Helper()
	clips, err := filepath.Glob(filepath.Join(p.dir, data, "store", "clips", "*", "*.mp3"))
	if err != nil {
		p.t.Fatal(err)
	}
	return len(clips)
}

// A lector that is killed in the middle of a job goes on where it was.
func TestKilledInTheMiddle(t *testing.T) {
	t.Parallel()
	p := newPrograms(t)
	tickets := p.closeGate()
	const paragraphs, before = 9, 3
	page := p.page("harbour.html", paragraphs)
	first := p.start("serve", "-data", "data")
	p.run("publish", "-data", "data", "-title", "The harbour", page)
	if _, err := tickets.WriteString(strings.Repeat("\n", before)); err != nil {
		t.Fatal(err)
	}
	limittest.Until(t, "the clips are kept", func() bool { return p.storedClips("data") == before })
	first.kill()
	if err := os.Remove(p.gate); err != nil {
		t.Fatal(err)
	}
	p.start("serve", "-data", "data")
	j := p.await("-data", "data")
	if j.State != lector.Ready {
		t.Fatalf("job %+v", j)
	}
	// The notice and the title are spoken too; what waited at the kill had not
	// begun, so nothing is spoken twice.
	if total := p.voiceCalls(); total != len(j.Chunks) {
		t.Errorf("%d calls for %d chunks, %d of them before the kill", total, len(j.Chunks), before)
	}
	if j.Usage.Reused == 0 {
		t.Errorf("nothing was reused: %+v", j.Usage)
	}
}

// The same binary as separate processes, against a NATS server and an S3 store
// of their own.
func TestSeparateProcesses(t *testing.T) {
	t.Parallel()
	bucket := s3test.Start(t)
	broker, err := nats.Start(filepath.Join(t.TempDir(), "nats"), "127.0.0.1:0", nil, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = broker.Close() })
	access := broker.Access()
	p := newPrograms(t,
		"LECTOR_NATS_URL="+access.URL, "LECTOR_NATS_USER="+access.User, "LECTOR_NATS_PASSWORD="+access.Password,
		"LECTOR_STORE_KIND=s3", "LECTOR_STORE_BUCKET=audio", "LECTOR_STORE_ENDPOINT="+bucket.Endpoint,
		"AWS_ACCESS_KEY_ID="+bucket.AccessKeyID, "AWS_SECRET_ACCESS_KEY="+bucket.SecretAccessKey)
	p.run("setup")
	p.run("setup") // twice is once
	publisher := p.start("publisher")
	p.start("worker")
	p.start("worker")
	page := p.page("harbour.html", 6)
	out := p.run("publish", "-wait", "-id", "4711", "-title", "The harbour", page)
	if !strings.Contains(out, "ready") {
		t.Fatalf("publish said %q", out)
	}
	p.run("publish", "-wait", "-id", "4711", "-title", "The harbour", page)
	if j := p.job(); j.State != lector.Ready || p.voiceCalls() != len(j.Chunks) && p.voiceCalls() != 8 {
		t.Errorf("%d calls, job %+v", p.voiceCalls(), j)
	}
	s, err := s3.Open(t.Context(), bucket.Config("audio"))
	if err != nil {
		t.Fatal(err)
	}
	mp3 := 0
	for o, err := range s.List(t.Context(), lector.Prefix(defaultSite, lector.Key(defaultSite, "4711"))) {
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(o.Key, ".mp3") {
			mp3++
		}
	}
	if mp3 != 1 {
		t.Errorf("%d renditions in the bucket", mp3)
	}
	p.oneEvent(access, "4711")
	response, err := http.Get(publisher.public() + "/embed/" + defaultSite + "/4711")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		t.Errorf("embed page: %s", response.Status)
	}
}

// oneEvent counts the audio events of an article.
func (p *programs) oneEvent(a nats.Access, id string) {
	p.t.Helper()
	c, err := nats.Connect(nats.Options{URL: a.URL, User: a.User, Password: a.Password, Name: "test", Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		p.t.Fatal(err)
	}
	defer c.Close()
	h := &installation{t: p.t, server: &server{conn: c}}
	if got := h.announced(lector.Article{Site: defaultSite, ID: id}); len(got) != 1 || got[0] != lector.AudioReady {
		p.t.Errorf("announced %v", got)
	}
}

package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// key is that of a file which lector publisher serves.
const key = "a/havana/mfrggzdfmztwq2lknnwg23tpoa/0123456789abcdef0123456789abcdef.mp3"

// server is a running process and its children.
type server struct {
	name    string
	address string
	process *exec.Cmd
}

// nginxConf is nginx as Debian sets it up, without a log, and without its bound of 1000
// requests on a connection, which a fast client reaches: sendfile, tcp_nopush,
// a worker for each processor.
const nginxConf = `daemon off;
worker_processes auto;
pid %[1]s/nginx.pid;
error_log %[1]s/nginx.log;
events { worker_connections 4096; }
http {
	sendfile on;
	tcp_nopush on;
	access_log off;
	keepalive_requests 100000000;
	types { audio/mpeg mp3; }
	client_body_temp_path %[1]s/body;
	proxy_temp_path %[1]s/proxy;
	fastcgi_temp_path %[1]s/fastcgi;
	uwsgi_temp_path %[1]s/uwsgi;
	scgi_temp_path %[1]s/scgi;
	server { listen %[2]s; root %[1]s/store; }
}
`

func startNginx(dir string) (*server, error) {
	address, err := freeAddress()
	if err != nil {
		return nil, err
	}
	conf := filepath.Join(dir, "nginx.conf")
	text := fmt.Sprintf(nginxConf, dir, address)
	if os.Geteuid() == 0 {
		text = "user root;\n" + text // or its workers could not read the directory
	}
	if err := os.WriteFile(conf, []byte(text), 0o600); err != nil {
		return nil, err
	}
	return start("nginx", address, exec.Command("nginx", "-p", dir, "-c", conf))
}

func startLector(binary, dir string) (*server, error) {
	address, err := freeAddress()
	if err != nil {
		return nil, err
	}
	binary, err = filepath.Abs(binary)
	if err != nil {
		return nil, err
	}
	c := exec.Command(binary, "publisher", "-data", dir, "-listen", address)
	c.Dir = dir
	c.Env = append(os.Environ(), "LECTOR_ADMIN_LISTEN=127.0.0.1:0", "LECTOR_LOG_LEVEL=warn")
	return start("lector", address, c)
}

// freeAddress is one that nobody listens on.
func freeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

// start runs the server until it answers.
func start(name, address string, c *exec.Cmd) (*server, error) {
	c.Stderr = os.Stderr
	if err := c.Start(); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	s := &server{name, address, c}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	for {
		probe, err := net.Dial("tcp", address)
		if err == nil {
			return s, probe.Close()
		}
		select {
		case <-ctx.Done():
			s.stop()
			return nil, fmt.Errorf("%s does not answer: %w", name, err)
		case <-time.After(50 * time.Millisecond):
		}
	}
}

func (s *server) stop() {
	_ = s.process.Process.Signal(os.Interrupt) // it may have ended
	_ = s.process.Wait()
}

// processorTime is what the server and its children have used so far.
func (s *server) processorTime() time.Duration {
	var ticks int64
	for _, pid := range s.pids() {
		stat, _ := os.ReadFile("/proc/" + pid + "/stat") // one that has ended uses nothing
		_, rest, _ := strings.Cut(string(stat), ") ")
		fields := strings.Fields(rest)
		if len(fields) < 13 {
			continue
		}
		for _, f := range fields[11:13] { // utime and stime of proc(5), in hundredths of a second
			n, _ := strconv.ParseInt(f, 10, 64)
			ticks += n
		}
	}
	return time.Duration(ticks) * time.Second / 100
}

// memory is what the server and its children hold, in bytes.
func (s *server) memory() int64 {
	var pages int64
	for _, pid := range s.pids() {
		statm, _ := os.ReadFile("/proc/" + pid + "/statm")
		if fields := strings.Fields(string(statm)); len(fields) > 1 {
			n, _ := strconv.ParseInt(fields[1], 10, 64)
			pages += n
		}
	}
	return pages * int64(os.Getpagesize())
}

// pids are those of the server and of its children.
func (s *server) pids() []string {
	pid := strconv.Itoa(s.process.Process.Pid)
	pids := []string{pid}
	lists, _ := filepath.Glob("/proc/" + pid + "/task/*/children")
	for _, list := range lists {
		children, _ := os.ReadFile(list)
		pids = append(pids, strings.Fields(string(children))...)
	}
	return pids
}

package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/textproto"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// speed is what a server did for the clients, in MB a second, and what it took,
// in seconds of a processor for a GB.
type speed struct{ perSecond, perGB float64 }

// measure loads a server for a while.
func (b bench) measure(s *server, piece int64) (speed, error) {
	ctx, cancel := context.WithTimeout(context.Background(), b.each)
	defer cancel()
	var bytes atomic.Int64
	errs := make([]error, b.clients)
	var wait sync.WaitGroup
	start, used := time.Now(), s.processorTime()
	for i := range b.clients {
		wait.Go(func() { errs[i] = listen(ctx, s.address, piece, &bytes) })
	}
	wait.Wait()
	took, used := time.Since(start), s.processorTime()-used
	if err := errors.Join(errs...); err != nil {
		return speed{}, err
	}
	sent := float64(bytes.Load())
	if sent == 0 {
		return speed{}, fmt.Errorf("%s has sent nothing", s.name)
	}
	return speed{sent / 1e6 / took.Seconds(), used.Seconds() / (sent / 1e9)}, nil
}

// listen asks over one connection for piece after piece until ctx ends.
func listen(ctx context.Context, address string, piece int64, bytes *atomic.Int64) error {
	c, err := net.Dial("tcp", address)
	if err != nil {
		return err
	}
	defer c.Close()
	buffer := make([]byte, 128<<10)
	in := bufio.NewReaderSize(c, 4<<10)
	for ctx.Err() == nil {
		if _, err := io.WriteString(c, request(piece)); err != nil {
			return err
		}
		length, err := head(in)
		if err != nil {
			return err
		}
		if err := skip(in, c, length, buffer); err != nil {
			return err
		}
		bytes.Add(length)
	}
	return nil
}

// request is one for a random piece, or for the whole.
func request(piece int64) string {
	r := "GET /" + key + " HTTP/1.1\r\nHost: bench\r\n"
	if piece > 0 {
		from := rand.Int64N(size-piece) / piece * piece
		r += fmt.Sprintf("Range: bytes=%d-%d\r\n", from, from+piece-1)
	}
	return r + "\r\n"
}

// head reads the head of an answer and returns the length of its body.
func head(in *bufio.Reader) (int64, error) {
	text := textproto.NewReader(in)
	status, err := text.ReadLine()
	if err != nil {
		return 0, err
	}
	if !strings.HasPrefix(status, "HTTP/1.1 20") {
		return 0, fmt.Errorf("answered %q", status)
	}
	header, err := text.ReadMIMEHeader()
	if err != nil {
		return 0, err
	}
	return strconv.ParseInt(header.Get("Content-Length"), 10, 64)
}

// skip reads n bytes: what in holds, and the rest from c itself.
func skip(in *bufio.Reader, c net.Conn, n int64, buffer []byte) error {
	held, err := in.Discard(int(min(n, int64(in.Buffered()))))
	for n -= int64(held); err == nil && n > 0; {
		held, err = c.Read(buffer[:min(n, int64(len(buffer)))])
		n -= int64(held)
	}
	return err
}

// stallClients opens connections, asks for the whole file on each and reads
// nothing but the first byte, which says that the answer has begun.
func stallClients(address string, n int) (release func(), err error) {
	var open []net.Conn
	release = func() {
		for _, c := range open {
			c.Close()
		}
	}
	for range n {
		c, err := net.Dial("tcp", address)
		if err != nil {
			release()
			return nil, fmt.Errorf("stalled client %d: %w", len(open), err)
		}
		open = append(open, c)
		if _, err := io.WriteString(c, request(0)); err != nil {
			release()
			return nil, err
		}
		if _, err := c.Read(make([]byte, 1)); err != nil {
			release()
			return nil, err
		}
	}
	return release, nil
}

// makeFile puts the file where both servers look for it.
func makeFile(dir string) error {
	path := dir + "/store/" + key
	if err := os.MkdirAll(path[:strings.LastIndex(path, "/")], 0o755); err != nil {
		return err
	}
	noise := make([]byte, size)
	for i := range noise {
		noise[i] = byte(rand.Uint32())
	}
	return os.WriteFile(path, noise, 0o644)
}

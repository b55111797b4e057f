package main

import (
	"io"
	"net"
	"testing"
	"time"

	"lector/infra/limittest"
)

// echo is a server that says what it hears.
func echo(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() { defer c.Close(); io.Copy(c, c) }()
		}
	}()
	return l.Addr().String()
}

// proxied is a connection to echo through a proxy.
func proxied(t *testing.T) (*proxy, net.Conn) {
	t.Helper()
	p, err := newProxy(echo(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.close)
	return p, dial(t, p)
}

func dial(t *testing.T, p *proxy) net.Conn {
	t.Helper()
	c, err := new(net.Dialer).DialContext(limittest.Context(t), "tcp", p.address())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

// says reports what comes back.
func says(c net.Conn, text string) (string, error) {
	if _, err := io.WriteString(c, text); err != nil {
		return "", err
	}
	back := make([]byte, len(text))
	_, err := io.ReadFull(c, back)
	return string(back), err
}

func TestProxyForwards(t *testing.T) {
	t.Parallel()
	p, c := proxied(t)
	for _, delay := range []time.Duration{0, time.Millisecond} {
		p.setDelay(delay)
		if got, err := says(c, "hello"); got != "hello" || err != nil {
			t.Errorf("delayed by %v: %q, %v", delay, got, err)
		}
	}
}

func TestProxyCuts(t *testing.T) {
	t.Parallel()
	p, c := proxied(t)
	if _, err := says(c, "hello"); err != nil {
		t.Fatal(err)
	}
	p.cut()
	if got, err := io.ReadAll(c); len(got) > 0 {
		t.Errorf("after the cut came %q, %v", got, err)
	}
	if got, err := says(dial(t, p), "again"); got != "again" || err != nil {
		t.Errorf("a new connection: %q, %v", got, err)
	}
}

// What a half-open connection swallows never arrives, also when it has ended.
func TestProxySwallows(t *testing.T) {
	t.Parallel()
	p, c := proxied(t)
	if _, err := says(c, "hello"); err != nil {
		t.Fatal(err)
	}
	p.setSwallow(true)
	if _, err := io.WriteString(c, "lost"); err != nil {
		t.Fatal(err)
	}
	late := dial(t, p) // is accepted
	p.setSwallow(false)
	p.cut()
	if got, _ := io.ReadAll(c); len(got) > 0 {
		t.Errorf("%q arrived", got)
	}
	late.Close()
	if got, err := says(dial(t, p), "again"); got != "again" || err != nil {
		t.Errorf("a new connection: %q, %v", got, err)
	}
}

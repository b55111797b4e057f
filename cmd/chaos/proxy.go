package main

import (
	"context"
	"io"
	"net"
	"sync"
	"time"
)

// proxy forwards TCP connections to one address and can delay them, cut them or
// accept what is sent and pass nothing on, as a half-open connection does.
type proxy struct {
	listener net.Listener
	target   string

	mu      sync.Mutex
	delay   time.Duration // of each piece, either way
	swallow bool          // nothing passes
	open    chan struct{} // closed when nothing is swallowed any more
	conns   map[net.Conn]bool
}

// newProxy listens on a free loopback port.
func newProxy(target string) (*proxy, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	p := &proxy{listener: l, target: target, open: make(chan struct{}), conns: map[net.Conn]bool{}}
	close(p.open)
	go p.accept()
	return p, nil
}

// address is where clients connect to.
func (p *proxy) address() string { return p.listener.Addr().String() }

// close ends the proxy and all its connections.
func (p *proxy) close() {
	_ = p.listener.Close() // nothing is lost with it
	p.setSwallow(false)
	p.cut()
}

func (p *proxy) accept() {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return
		}
		go p.forward(client)
	}
}

// forward copies both ways until either end closes.
func (p *proxy) forward(client net.Conn) {
	defer client.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	server, err := new(net.Dialer).DialContext(ctx, "tcp", p.target)
	cancel()
	if err != nil {
		return
	}
	defer server.Close()
	p.register(client, server)
	defer p.forget(client, server)
	ended := make(chan struct{}, 2)
	for _, way := range [][2]net.Conn{{client, server}, {server, client}} {
		go func() { p.copy(way[1], way[0]); ended <- struct{}{} }()
	}
	<-ended
}

// copy passes what it reads on, piece by piece.
func (p *proxy) copy(to io.Writer, from io.Reader) {
	piece := make([]byte, 32<<10)
	for {
		n, err := from.Read(piece)
		if n > 0 && p.pass(to, piece[:n]) != nil || err != nil {
			return
		}
	}
}

// pass writes one piece after the present delay, once nothing is swallowed. What
// was held back is never passed on: its connection is cut when the fault ends.
func (p *proxy) pass(to io.Writer, piece []byte) error {
	p.mu.Lock()
	delay, swallow, open := p.delay, p.swallow, p.open
	p.mu.Unlock()
	if swallow {
		<-open
		return net.ErrClosed
	}
	if delay > 0 {
		if err := pause(context.Background(), delay); err != nil {
			return err
		}
	}
	_, err := to.Write(piece)
	return err
}

func (p *proxy) register(conns ...net.Conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range conns {
		p.conns[c] = true
	}
}

func (p *proxy) forget(conns ...net.Conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range conns {
		delete(p.conns, c)
	}
}

// cut closes all connections; new ones are welcome.
func (p *proxy) cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for c := range p.conns {
		_ = c.Close() // both ends notice
	}
}

// setDelay delays each piece from now on.
func (p *proxy) setDelay(d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.delay = d
}

// setSwallow makes all connections half-open, new ones too, or ends that: those
// that have swallowed something are closed.
func (p *proxy) setSwallow(on bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case on && !p.swallow:
		p.open = make(chan struct{})
	case !on && p.swallow:
		close(p.open)
	}
	p.swallow = on
}

package engine

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"

	"golang.org/x/net/websocket"
)

// bidi is a connection that speaks WebDriver BiDi (w3.org/TR/webdriver-bidi):
// commands only, events are not asked for.
type bidi struct {
	conn *websocket.Conn

	mu      sync.Mutex
	last    int
	waiting map[int]chan answer
	ended   error // why there are no more answers
}

// answer is what the browser says to the command with the same id.
type answer struct {
	ID      int             `json:"id"`
	Type    string          `json:"type"` // success or error
	Result  json.RawMessage `json:"result"`
	Error   string          `json:"error"`
	Message string          `json:"message"`
}

// origin is what the connection states, since the library always states one;
// the browser must be told to accept it.
const origin = "http://127.0.0.1"

func dialBiDi(ctx context.Context, address string) (*bidi, error) {
	config, err := websocket.NewConfig(address, origin)
	if err != nil {
		return nil, fmt.Errorf("webdriver bidi: %w", err)
	}
	conn, err := config.DialContext(ctx)
	if err != nil {
		return nil, fmt.Errorf("webdriver bidi: %w", err)
	}
	b := &bidi{conn: conn, waiting: make(map[int]chan answer)}
	go b.read()
	return b, nil
}

func (b *bidi) read() {
	for {
		var a answer
		if err := websocket.JSON.Receive(b.conn, &a); err != nil {
			b.end(err)
			return
		}
		b.mu.Lock()
		c, ok := b.waiting[a.ID]
		delete(b.waiting, a.ID)
		b.mu.Unlock()
		if ok {
			c <- a
		}
	}
}

func (b *bidi) end(why error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.ended = fmt.Errorf("connection lost: %w", why)
	for id, c := range b.waiting {
		close(c)
		delete(b.waiting, id)
	}
}

// call sends a command, waits for its answer and reads it into result, which
// may be nil.
func (b *bidi) call(ctx context.Context, method string, params, result any) error {
	c, err := b.send(method, params)
	if err != nil {
		return fmt.Errorf("%s: %w", method, err)
	}
	select {
	case a, ok := <-c:
		switch {
		case !ok:
			return fmt.Errorf("%s: %w", method, b.ended)
		case a.Type != "success":
			return fmt.Errorf("%s: %s: %s", method, a.Error, a.Message)
		case result == nil:
			return nil
		}
		return json.Unmarshal(a.Result, result)
	case <-ctx.Done():
		return fmt.Errorf("%s: %w", method, context.Cause(ctx))
	}
}

func (b *bidi) send(method string, params any) (<-chan answer, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.ended != nil {
		return nil, b.ended
	}
	b.last++
	c := make(chan answer, 1)
	b.waiting[b.last] = c
	return c, websocket.JSON.Send(b.conn, map[string]any{"id": b.last, "method": method, "params": params})
}

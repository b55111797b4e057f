package nats

import (
	"context"
	"fmt"

	"lector"
)

// Places keeps how far comparisons with sources have come.
type Places struct{ bucket bucket }

// Places binds to the reconcile bucket.
func (c *Conn) Places(ctx context.Context) (*Places, error) {
	ctx, cancel := withDefaultTimeout(ctx)
	defer cancel()
	b, err := c.bucket(ctx, reconciling)
	if err != nil {
		return nil, err
	}
	return &Places{b}, nil
}

// Place returns what is kept under a name, or lector.ErrNotFound.
func (p *Places) Place(ctx context.Context, name string) ([]byte, error) {
	version, value, err := p.bucket.read(ctx, name)
	if err == nil && version == 0 {
		err = lector.ErrNotFound
	}
	return value, brokerError("place "+name, err)
}

// SetPlace keeps a value under a name; the last one counts.
func (p *Places) SetPlace(ctx context.Context, name string, value []byte) error {
	ctx, cancel := withDefaultTimeout(ctx)
	defer cancel()
	if err := p.bucket.conn.checkSize(len(value)); err != nil {
		return fmt.Errorf("place %s: %w", name, err)
	}
	_, err := p.bucket.kv.Put(ctx, name, value)
	return brokerError("place "+name, err)
}

// DropPlace removes what is kept under a name; that there is nothing is no error.
func (p *Places) DropPlace(ctx context.Context, name string) error {
	ctx, cancel := withDefaultTimeout(ctx)
	defer cancel()
	return brokerError("place "+name, p.bucket.kv.Delete(ctx, name))
}

package main

import (
	"context"
	"io"
	"os"

	"lector"
	"lector/infra/fetch"
	"lector/worker/extract"
)

// allowPrivateHelp is for -allow-private, of all commands that fetch.
const allowPrivateHelp = "fetch addresses of this machine and its network too"

// readSource reads a file, an address of the web or, for -, standard input; no
// more than an article may be large, and one byte, so that a larger one is
// noticed. The client says whether addresses of this machine's own network are
// refused.
func (a *app) readSource(ctx context.Context, name string, web fetch.Client) ([]byte, error) {
	if fetch.Is(name) {
		return web.Get(ctx, name)
	}
	r := a.stdin
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return nil, lector.Hint(err, "give the path of a file, an address that begins with https://, or - for standard input")
		}
		defer f.Close()
		r = f
	}
	data, err := io.ReadAll(io.LimitReader(r, extract.MaxSize+1))
	if err != nil {
		return nil, lector.Hint(err, "give the path of a file that can be read, an address that begins with https://, or - for standard input")
	}
	return data, nil
}

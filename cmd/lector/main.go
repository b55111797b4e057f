// Command lector turns every article a newsroom publishes into audio.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	a := newApp()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the program at once
	code := a.run(ctx, os.Args[1:])
	stop()
	os.Exit(code)
}

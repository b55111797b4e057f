// Command lector turns every article a newsroom publishes into audio.
package main

import (
	"context"
	"os"
	"os/signal"
	"runtime"
	"syscall"
)

// extraThreads is how many more threads run Go code than there are cores. Checking
// clips keeps as many threads busy as there are cores, and a runtime without a free
// one polls its network connections only every ten milliseconds: each step of each
// call to a voice would wait that long.
const extraThreads = 2

func main() {
	a := newApp()
	if a.getenv("GOMAXPROCS") == "" {
		runtime.GOMAXPROCS(a.cores + extraThreads)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the program at once
	code := a.run(ctx, os.Args[1:])
	stop()
	os.Exit(code)
}

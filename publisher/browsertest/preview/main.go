// Preview serves the newspaper and its players with silent audio, to work on
// their looks without a voice.
//
//	go run -C publisher/browsertest ./preview [-listen 127.0.0.1:8090]
package main

import (
	"flag"
	"fmt"
	"log/slog"
	"net/http"
	"os"

	"lector/publisher/browsertest/newspaper"
)

func main() {
	listen := flag.String("listen", "127.0.0.1:8090", "address to listen on")
	flag.Parse()
	fmt.Println("http://" + *listen)
	log := slog.New(slog.NewTextHandler(os.Stderr, nil))
	if err := http.ListenAndServe(*listen, newspaper.New("http://"+*listen, log)); err != nil {
		fmt.Fprintln(os.Stderr, "preview:", err)
		os.Exit(1)
	}
}

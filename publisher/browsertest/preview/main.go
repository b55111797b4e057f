// Preview serves the newspaper and its players with silent audio, to work on
// their looks without a voice.
//
//	go run ./publisher/browsertest/preview [-listen 127.0.0.1:8090]
package main

import (
	"flag"
	"fmt"
	"log/slog"
	"net/http"
	"os"

	"lector/publisher"
	"lector/publisher/paper"
	"lector/publisher/publishertest"
)

func main() {
	listen := flag.String("listen", "127.0.0.1:8090", "address to listen on")
	flag.Parse()
	fmt.Println("http://" + *listen)
	if err := http.ListenAndServe(*listen, doors("http://"+*listen)); err != nil {
		fmt.Fprintln(os.Stderr, "preview:", err)
		os.Exit(1)
	}
}

// doors has audio for the first article and none for the others.
func doors(base string) http.Handler {
	shelf := new(publishertest.Shelf)
	shelf.Rendition(base, paper.Articles(base)[0],
		"The harbour tunnel, which carries a third of the city's morning traffic, will reopen at 6:30 a.m. on Jan. 11, fifteen weeks after a burst main closed it, the port authority said on Monday.",
		"Repairs cost $2.4 million, 18% less than the $2.9 million that the council had set aside, according to Dr. Elena Marchetti, the engineer in charge.\n“We drained 4,200 cubic metres of water with pumps that were older than most of my crew,” she said.\n“They did not stop once.”",
		"Lt. Gen. Tomás Acosta, who commands the civil defence reserve, said that 340 soldiers had worked in three shifts since Oct. 5.\nTwo of them were treated for minor injuries.")
	log := slog.New(slog.NewTextHandler(os.Stderr, nil))
	c := publisher.Config{
		Store: shelf, ServeObjects: true, Log: log,
		Sites: map[string]publisher.Site{paper.Site: {Title: paper.Title, URL: base, Language: "en"}},
	}
	c.Home = paper.Handler(c.Embed(), log)
	return publisher.New(c)
}

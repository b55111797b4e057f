package listening

import (
	_ "embed"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync"
)

//go:embed robots.txt
var robotsSource string

// robots are the words by which programs give themselves away.
var robots = sync.OnceValue(func() (words []string) {
	for line := range strings.Lines(robotsSource) {
		if word := strings.TrimSpace(line); word != "" && word[0] != '#' {
			words = append(words, word)
		}
	}
	return words
})

// maxAgent is how many bytes the names of browsers have at most.
const maxAgent = 512

// isRobot reports whether a name is not that of a browser. All browsers begin theirs the
// same way.
func isRobot(agent string) bool {
	if len(agent) > maxAgent || !strings.HasPrefix(agent, "Mozilla/5.0 (") {
		return true
	}
	agent = strings.ToLower(agent)
	for _, word := range robots() {
		if strings.Contains(agent, word) {
			return true
		}
	}
	return false
}

// refusesTracking reports whether the listener has said not to be tracked, by Do Not
// Track or Global Privacy Control.
func refusesTracking(h http.Header) bool { return h.Get("DNT") == "1" || h.Get("Sec-GPC") == "1" }

// addressOf returns the network that a report comes from: an address, or the 64 bits of an
// IPv6 one that belong to one place. A proxy of this network names it last.
func addressOf(r *http.Request) netip.Prefix {
	host, _, _ := net.SplitHostPort(r.RemoteAddr)
	address, _ := netip.ParseAddr(host)
	if address.IsLoopback() || address.IsPrivate() {
		all := r.Header.Values("X-Forwarded-For")
		names := strings.Split(strings.Join(all, ","), ",")
		if behind, err := netip.ParseAddr(strings.TrimSpace(names[len(names)-1])); err == nil {
			address = behind
		}
	}
	address = address.Unmap().WithZone("")
	bits := address.BitLen()
	if address.Is6() {
		bits = 64
	}
	network, _ := address.Prefix(bits)
	return network
}

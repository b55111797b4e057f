package fetch_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"golang.org/x/net/dns/dnsmessage"

	"lector"
	"lector/infra/fetch"
)

// names answers questions of DNS on loopback. A name has its addresses in the order in
// which it is asked for them, the last one for ever.
type names map[string][]string

// resolver starts to answer, and returns what asks.
func (n names) resolver(t *testing.T) *net.Resolver {
	t.Helper()
	socket, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { socket.Close() })
	go n.answer(socket)
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "udp", socket.LocalAddr().String())
	}}
}

// answer answers until the socket is closed.
func (n names) answer(socket net.PacketConn) {
	buffer := make([]byte, 1<<12)
	for {
		size, from, err := socket.ReadFrom(buffer)
		if err != nil {
			return
		}
		var m dnsmessage.Message
		if m.Unpack(buffer[:size]) != nil || len(m.Questions) != 1 {
			continue
		}
		m.Response, m.Authoritative, m.Additionals = true, true, nil
		q := m.Questions[0]
		name := strings.TrimSuffix(q.Name.String(), ".")
		if all := n[name]; len(all) > 0 {
			m.Answers = record(q, netip.MustParseAddr(all[0]))
			if len(all) > 1 && len(m.Answers) > 0 {
				n[name] = all[1:]
			}
		}
		if packed, err := m.Pack(); err == nil {
			_, _ = socket.WriteTo(packed, from)
		}
	}
}

// record is the answer to a question, if an address is of the kind that is asked for.
func record(q dnsmessage.Question, a netip.Addr) []dnsmessage.Resource {
	r := dnsmessage.Resource{Header: dnsmessage.ResourceHeader{Name: q.Name, Class: q.Class}}
	switch {
	case q.Type == dnsmessage.TypeA && a.Is4():
		r.Body = &dnsmessage.AResource{A: a.As4()}
	case q.Type == dnsmessage.TypeAAAA && a.Is6():
		r.Body = &dnsmessage.AAAAResource{AAAA: a.As16()}
	default:
		return nil
	}
	return []dnsmessage.Resource{r}
}

// TestPrivateBehindNames: a name is as private as the address that it has when it is
// dialled, behind redirects too, and also if it had another one before.
func TestPrivateBehindNames(t *testing.T) {
	t.Parallel()
	asked := atomic.Int64{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if to := r.URL.Query().Get("to"); to != "" {
			http.Redirect(w, r, to, http.StatusFound)
			return
		}
		asked.Add(1)
	}))
	t.Cleanup(server.Close)
	address := server.Listener.Addr().String()
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		t.Fatal(err)
	}
	r := names{
		"inside.example": {"10.0.0.1"}, "loopback.example": {"127.0.0.1"}, "metadata.example": {"169.254.169.254"},
		"six.example": {"::1"}, "unique.example": {"fd00::1"}, "mapped.example": {"::ffff:127.0.0.1"}, "nat64.example": {"64:ff9b::7f00:1"},
		"this.example": {"0.0.0.0"}, "carrier.example": {"100.64.0.1"}, "multicast.example": {"224.0.0.1"},
	}.resolver(t)
	web := fetch.Client{}.HTTPVia(r, address)
	for _, host := range []string{
		"inside.example", "loopback.example", "metadata.example", "six.example", "unique.example", "mapped.example", "nat64.example",
		"this.example", "carrier.example", "multicast.example",
		"127.0.0.1", "[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]", "[0:0:0:0:0:0:0:1]", "[fe80::1%25lo]", "[fec0::1]",
		"[fd00::1]", "[2002:7f00:1::]", "[64:ff9b::10.0.0.1]", "[64:ff9b:1::1]", "[2001:db8::1]", "[ff02::1]", "[2001::1]",
		"169.254.169.254", "192.168.0.1", "172.16.0.1", "198.18.0.1", "255.255.255.255",
	} {
		for _, start := range []string{"http://" + host + ":" + port + "/", "http://" + fetch.Public + "/?to=" + url.QueryEscape("http://"+host+":"+port+"/")} {
			_, err := ask(t, web, start)
			if !errors.Is(err, fetch.ErrPrivate) || !lector.IsPermanent(err) || lector.HintOf(err) == "" {
				t.Errorf("%s: %v", start, err)
			}
		}
	}
	if n := asked.Load(); n > 0 {
		t.Errorf("the server on loopback was asked %d times", n)
	}
	if status, err := ask(t, web, "http://"+fetch.Public+"/"); err != nil || status != http.StatusOK {
		t.Errorf("what is public: %d, %v", status, err) // else nothing of this shows anything
	}
}

// TestNamesThatChange: the second answer of a server of names is looked at as the first
// one is.
func TestNamesThatChange(t *testing.T) {
	t.Parallel()
	r := names{"rebinding.example": {"192.0.2.1", "127.0.0.1"}}.resolver(t)
	first, err := r.LookupNetIP(t.Context(), "ip4", "rebinding.example")
	if err != nil || fetch.IsPrivate(netip.MustParseAddr("93.184.215.14")) || first[0] != netip.MustParseAddr("192.0.2.1") {
		t.Fatalf("%v, %v", first, err)
	}
	_, err = ask(t, fetch.Client{}.HTTPVia(r, ""), "http://rebinding.example:1/")
	if !errors.Is(err, fetch.ErrPrivate) || !strings.Contains(err.Error(), "127.0.0.1") {
		t.Errorf("%v", err)
	}
}

// TestSpellingsOfLoopback: what the system takes for a spelling of an address is none to
// get by the check, and what it does not take is nowhere.
func TestSpellingsOfLoopback(t *testing.T) {
	t.Parallel()
	asked := atomic.Int64{}
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked.Add(1) }))
	t.Cleanup(server.Close)
	_, port, err := net.SplitHostPort(server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	for _, host := range []string{"0x7f.1", "0x7f000001", "2130706433", "017700000001", "127.1", "127.0.0.1.", "localhost", "LOCALHOST.", "①②⑦.0.0.1"} {
		if _, err := ask(t, fetch.Client{}.HTTPVia(net.DefaultResolver, ""), "http://"+host+":"+port+"/"); err == nil {
			t.Errorf("%s was fetched", host)
		}
	}
	if n := asked.Load(); n > 0 {
		t.Errorf("the server on loopback was asked %d times", n)
	}
}

func ask(t *testing.T, web *http.Client, address string) (status int, err error) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := web.Do(r)
	if err != nil {
		return 0, err
	}
	return response.StatusCode, response.Body.Close()
}

package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"regexp"
	"strings"
	"sync"
	"time"

	"lector"
	"lector/publisher/access"
)

// headerName is the name of an HTTP header.
var headerName = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[A-Za-z0-9-]+$`) })

// checkAccess refuses an admin listener that is open to others without anybody who asks
// who they are.
func (c *config) checkAccess() error {
	a := c.AdminAccess
	host, _, _ := net.SplitHostPort(c.AdminListen)
	ip := net.ParseIP(host)
	local := host == "localhost" || ip != nil && ip.IsLoopback()
	if !local && !a.Tokens && a.Proxy.Header == "" {
		return lector.Hint(fmt.Errorf("admin_listen: %s is open to others, and nothing there asks for a password", c.AdminListen),
			"use a loopback address such as 127.0.0.1:9090, or set admin_access: {tokens: true} and make a token by lector token create")
	}
	for _, name := range a.Hosts {
		if lector.CheckAddress("http://"+name+"/") != nil || strings.ContainsAny(name, ":/") {
			return lector.Hint(fmt.Errorf("admin_access.hosts: %q is not a host name", name),
				"give the name only, as console.reader.example")
		}
	}
	return a.Proxy.check()
}

func (p proxyConfig) check() error {
	switch {
	case p.Header == "" && len(p.From)+len(p.Roles) == 0:
		return nil
	case !headerName().MatchString(p.Header):
		return fmt.Errorf("admin_access.proxy.header: %q is not the name of a header", p.Header)
	case len(p.From) == 0:
		return lector.Hint(errors.New("admin_access.proxy.from: is missing"),
			"give the addresses of the proxy, as [10.0.0.7/32]: anybody else could write the header")
	case len(p.Roles) == 0:
		return lector.Hint(errors.New("admin_access.proxy.roles: is missing"),
			`give a role to people, as {ann@reader.example: admin, "*": view}`)
	}
	for name, role := range p.Roles {
		if _, err := lector.ParseRole(string(role)); err != nil {
			return fmt.Errorf("admin_access.proxy.roles: %s: %w", name, err)
		}
	}
	_, err := p.prefixes()
	return err
}

// prefixes reads the addresses of the proxy.
func (p proxyConfig) prefixes() (all []netip.Prefix, err error) {
	for _, text := range p.From {
		prefix, err := netip.ParsePrefix(text)
		if address, single := netip.ParseAddr(text); single == nil {
			prefix, err = netip.PrefixFrom(address, address.BitLen()), nil
		}
		if err != nil {
			return nil, fmt.Errorf("admin_access.proxy.from: %q is neither an address nor a range as 10.0.0.0/24", text)
		}
		all = append(all, prefix.Masked())
	}
	return all, nil
}

// hosts are the names in small letters.
func (a accessConfig) hosts() (names []string) {
	for _, name := range a.Hosts {
		names = append(names, strings.ToLower(name))
	}
	return names
}

// guard authenticates the requests to the admin listener.
func (s *server) guard() access.Guard {
	a := s.config.AdminAccess
	g := access.Guard{Log: s.log, Now: time.Now}
	if a.Tokens {
		g.Tokens = serverTokens{s}
	}
	if a.Proxy.Header != "" {
		from, _ := a.Proxy.prefixes() // checked when the settings were read
		g.Proxy = &access.Proxy{Header: a.Proxy.Header, From: from, Roles: a.Proxy.Roles}
	}
	return g
}

// checkTokens refuses the setting of tokens in a process without a connection to NATS,
// where they are kept.
func (s *server) checkTokens(r roles) error {
	if s.config.AdminAccess.Tokens && !r.worker {
		return lector.Hint(errors.New("admin_access.tokens: lector publisher has no connection to NATS, where tokens are kept"),
			"give it settings without tokens: a loopback admin_listen, or admin_access.proxy")
	}
	return nil
}

// serverTokens finds tokens once there is a connection to NATS.
type serverTokens struct{ server *server }

// AccessToken implements access.Tokens.
func (t serverTokens) AccessToken(ctx context.Context, hash string) (lector.AccessToken, error) {
	if t.server.conn == nil {
		return lector.AccessToken{}, errors.New("starting")
	}
	return t.server.conn.AccessToken(ctx, hash)
}

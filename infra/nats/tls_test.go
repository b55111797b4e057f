package nats

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"log/slog"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"lector"
	"lector/infra/limittest"
)

// authority signs certificates of a test.
type authority struct {
	t    *testing.T
	dir  string
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
	file string // with its certificate
}

func newAuthority(t *testing.T) *authority {
	t.Helper()
	a := &authority{t: t, dir: t.TempDir()}
	template := &x509.Certificate{IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign, Subject: pkix.Name{CommonName: "authority"}}
	a.file, _ = a.sign("authority", template)
	return a
}

// sign makes a certificate and returns the files of it and of its key. The first
// one is the authority's own.
func (a *authority) sign(name string, template *x509.Certificate) (cert, key string) {
	a.t.Helper()
	must := func(err error) {
		a.t.Helper()
		if err != nil {
			a.t.Fatal(err)
		}
	}
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(err)
	template.SerialNumber = big.NewInt(time.Now().UnixNano())
	template.NotBefore = time.Now().Add(-2 * time.Hour)
	if template.NotAfter.IsZero() {
		template.NotAfter = time.Now().Add(24 * time.Hour)
	}
	if a.cert == nil {
		a.cert, a.key = template, private
	}
	der, err := x509.CreateCertificate(rand.Reader, template, a.cert, &private.PublicKey, a.key)
	must(err)
	if template == a.cert {
		a.cert, err = x509.ParseCertificate(der)
		must(err)
	}
	secret, err := x509.MarshalECPrivateKey(private)
	must(err)
	cert, key = filepath.Join(a.dir, name+".pem"), filepath.Join(a.dir, name+".key")
	must(os.WriteFile(cert, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600))
	must(os.WriteFile(key, pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: secret}), 0o600))
	return cert, key
}

// server starts a server with a certificate for the name; verify has it want one
// of its clients.
func (a *authority) server(template *x509.Certificate, verify bool) (address string) {
	a.t.Helper()
	cert, key := a.sign("server", template)
	config, err := server.GenTLSConfig(&server.TLSConfigOpts{CertFile: cert, KeyFile: key, CaFile: a.file, Verify: verify})
	if err != nil {
		a.t.Fatal(err)
	}
	s := startOther(a.t, &server.Options{TLSConfig: config, TLS: true, TLSVerify: verify, TLSTimeout: 10})
	_, port, _ := net.SplitHostPort(s.Addr().String())
	return "nats://127.0.0.1:" + port
}

// loopback is a certificate for this machine.
func loopback() *x509.Certificate {
	return &x509.Certificate{Subject: pkix.Name{CommonName: "nats"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}}
}

func client() *x509.Certificate {
	return &x509.Certificate{Subject: pkix.Name{CommonName: "worker"}, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}}
}

func TestTLS(t *testing.T) {
	t.Parallel()
	a, stranger := newAuthority(t), newAuthority(t)
	cert, key := a.sign("client", client())
	strange, strangeKey := stranger.sign("client", client())
	plain := startOther(t, &server.Options{}).ClientURL()
	open, closed := a.server(loopback(), false), a.server(loopback(), true)
	other := a.server(&x509.Certificate{DNSNames: []string{"nats.example"}}, false)
	old := loopback()
	old.NotAfter = time.Now().Add(-time.Hour)
	expired := a.server(old, false)
	for name, test := range map[string]struct {
		url  string
		tls  TLS
		hint string // empty: it connects
	}{
		"with the authority":               {open, TLS{CA: a.file}, ""},
		"with a certificate":               {closed, TLS{CA: a.file, Cert: cert, Key: key}, ""},
		"without the authority":            {open, TLS{}, "set nats.ca"},
		"with another authority":           {open, TLS{CA: stranger.file}, "set nats.ca"},
		"without a certificate":            {closed, TLS{CA: a.file}, "set nats.cert and nats.key"},
		"with another's certificate":       {closed, TLS{CA: a.file, Cert: strange, Key: strangeKey}, "set nats.cert and nats.key"},
		"a server of another name":         {other, TLS{CA: a.file}, "for another name"},
		"a server whose time is over":      {expired, TLS{CA: a.file}, "has expired"},
		"a server without TLS":             {plain, TLS{CA: a.file}, "speaks no TLS"},
		"a file that is not there":         {open, TLS{CA: "/nowhere"}, "path of the authority's certificate"},
		"a file without a certificate":     {open, TLS{CA: key}, "path of the authority's certificate"},
		"a certificate without a key":      {open, TLS{Cert: cert}, "set both"},
		"a key without a certificate":      {open, TLS{Key: key}, "set both"},
		"a key of another certificate":     {open, TLS{Cert: cert, Key: strangeKey}, "of its own key"},
		"a certificate that is not there":  {open, TLS{Cert: "/nowhere", Key: key}, "of its own key"},
		"a certificate and a plain server": {plain, TLS{Cert: cert, Key: key}, "speaks no TLS"},
	} {
		c, err := Connect(Options{URL: test.url, Name: "test", TLS: test.tls, Log: slog.New(slog.DiscardHandler)})
		if test.hint == "" {
			if err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			if state, err := c.nc.TLSConnectionState(); err != nil || state.Version < tls.VersionTLS12 {
				t.Errorf("%s: %v, version %x", name, err, state.Version)
			}
			if err := c.Setup(limittest.Context(t), 1); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			_ = c.Close() // the server ends with the test
			continue
		}
		if err == nil || !strings.Contains(lector.HintOf(err), test.hint) {
			t.Errorf("%s: %v, hint %q, want %q", name, err, lector.HintOf(err), test.hint)
		}
	}
}

package nats

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/nats-io/nats.go"

	"lector"
)

// TLS are the files of certificates, PEM each. They are read again at each
// connection, so a certificate may be renewed while Lector runs.
type TLS struct {
	CA   string // the authorities that the server's certificate may come from; empty: those of the system
	Cert string // the client's certificate, for servers that want one
	Key  string // its key
}

// check says which of the files cannot be used.
func (t TLS) check() error {
	if (t.Cert == "") != (t.Key == "") {
		return lector.Hint(errors.New("nats.cert and nats.key belong together, and one is not set"),
			"set both (LECTOR_NATS_CERT, LECTOR_NATS_KEY), or none where the server wants no certificate of its clients")
	}
	if err := t.checkCA(); err != nil {
		return fmt.Errorf("nats.ca: %w", err)
	}
	if t.Cert == "" {
		return nil
	}
	if _, err := tls.LoadX509KeyPair(t.Cert, t.Key); err != nil {
		return lector.Hint(fmt.Errorf("nats.cert, nats.key: %w", err),
			"give the paths of a certificate and of its own key, both in PEM, which this user can read")
	}
	return nil
}

func (t TLS) checkCA() error {
	if t.CA == "" {
		return nil
	}
	const hint = "give the path of the authority's certificate in PEM, which this user can read"
	pem, err := os.ReadFile(t.CA)
	if err != nil {
		return lector.Hint(err, hint)
	}
	if !x509.NewCertPool().AppendCertsFromPEM(pem) {
		return lector.Hint(fmt.Errorf("%s holds no certificate", t.CA), hint)
	}
	return nil
}

// options are those of the client. With a file of either kind it speaks TLS only.
func (t TLS) options() (all []nats.Option) {
	if t.CA != "" {
		all = append(all, nats.RootCAs(t.CA))
	}
	if t.Cert != "" {
		all = append(all, nats.ClientCert(t.Cert, t.Key))
	}
	return all
}

// tlsHint says what to do about a failed handshake, or "".
func tlsHint(err error) string {
	var invalid x509.CertificateInvalidError
	switch {
	case errors.Is(err, nats.ErrSecureConnWanted):
		return "the server speaks no TLS: leave nats.ca, nats.cert and nats.key empty, or have it speak TLS"
	case errors.As(err, new(x509.UnknownAuthorityError)):
		return "set nats.ca (LECTOR_NATS_CA) to the certificate of the authority that signed the server's"
	case errors.As(err, new(x509.HostnameError)):
		return "the server's certificate is for another name: use that name in nats.url"
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return "the server's certificate has expired, or the clock of this machine is wrong"
	case wantsCertificate(err):
		return "the server wants a certificate of its clients: set nats.cert and nats.key (LECTOR_NATS_CERT, LECTOR_NATS_KEY) to one that it accepts"
	}
	return ""
}

// wantsCertificate reports whether the server broke the handshake off for want of
// a certificate that it accepts. The alerts have no type of their own for each,
// and in TLS 1.3 they come when the client takes the handshake for done: then it
// may see no more than a closed connection.
func wantsCertificate(err error) bool {
	text := err.Error()
	for _, sign := range []string{
		"tls: certificate required", "tls: bad certificate", "tls: unknown certificate authority", "tls: expired certificate",
		"closed by remote after TLS handshake",
	} {
		if strings.Contains(text, sign) {
			return true
		}
	}
	return false
}

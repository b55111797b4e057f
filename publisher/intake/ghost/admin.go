package ghost

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"

	"lector"
)

// HTTPClient makes requests, within bounds of its own.
type HTTPClient interface {
	Do(r *http.Request) (*http.Response, error)
}

// Admin is the Admin API of a Ghost, with the key of an integration.
type Admin struct {
	http   HTTPClient
	base   string // ends with /ghost/api/admin/
	id     string // of the key
	secret []byte
	now    func() time.Time
}

// adminKey is how Ghost shows the Admin API key of an integration.
var adminKey = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^([0-9a-f]{24}):([0-9a-f]{64})$`) })

// NewAdmin returns the Admin API of the Ghost at an address, such as
// https://reader.example.
func NewAdmin(client HTTPClient, address, key string) (*Admin, error) {
	m := adminKey().FindStringSubmatch(strings.TrimSpace(key))
	if m == nil {
		return nil, lector.Hint(errors.New("the key is not an Admin API key of Ghost: 24 hexadecimal digits, a colon and 64 more"),
			"in Ghost: Settings, Integrations, Add custom integration; it shows the key")
	}
	if err := lector.CheckAddress(address); err != nil {
		return nil, fmt.Errorf("address of Ghost: %w", err)
	}
	secret, err := hex.DecodeString(m[2])
	base := strings.TrimSuffix(strings.TrimSuffix(address, "/"), "/ghost") + "/ghost/api/admin/"
	return &Admin{http: client, base: base, id: m[1], secret: secret, now: time.Now}, err
}

// About is what a Ghost says of itself to everybody.
type About struct {
	Title   string    `json:"title"`
	URL     string    `json:"url"`
	Version string    `json:"version"`
	Time    time.Time `json:"-"` // of its answer, by its clock, in whole seconds; zero where it does not say
}

// Site asks Ghost who it is. It needs no key.
func (a *Admin) Site(ctx context.Context) (About, error) {
	var out struct{ Site About }
	h, err := a.do(ctx, http.MethodGet, "site/", nil, nil, &out)
	if err == nil && out.Site.Version == "" {
		err = errors.New("no Ghost answers there")
	}
	if err == nil {
		out.Site.Time, _ = http.ParseTime(h.Get("Date")) // else it is not known
	}
	return out.Site, err
}

// RefusesPrivate reports whether Ghost sends no webhooks to addresses of its own machine
// and network, but for its own host. Since April 2026 it does not by default; nothing
// else says so, not even its log.
func (a *Admin) RefusesPrivate(ctx context.Context) (bool, error) {
	var out struct {
		Config struct {
			Environment string `json:"environment"`
			Security    struct {
				AllowWebhookInternalIPs bool `json:"allowWebhookInternalIPs"`
			} `json:"security"`
		} `json:"config"`
	}
	_, err := a.do(ctx, http.MethodGet, "config/", nil, nil, &out)
	return out.Config.Environment == "production" && !out.Config.Security.AllowWebhookInternalIPs, err
}

// Kinds are what Ghost has of articles.
var Kinds = []string{"posts", "pages"}

// pageSize is how many posts Ghost gives at a time. A hundred long ones are some MB.
const pageSize = 25

// Page returns a page of the posts, or pages, that pass a filter in Ghost's own language
// (NQL), in a given order; pages are counted from 1. next is 0 behind the last one.
func (a *Admin) Page(ctx context.Context, kind, filter, order string, page int) (posts []Post, next, total int, err error) {
	q := url.Values{
		"filter": {filter}, "order": {order}, "formats": {"html"}, "include": {"authors,tags"},
		"limit": {strconv.Itoa(pageSize)}, "page": {strconv.Itoa(page)},
	}
	var out struct {
		Posts, Pages []Post
		Meta         struct {
			Pagination struct {
				Next  int `json:"next"`
				Total int `json:"total"`
			} `json:"pagination"`
		} `json:"meta"`
	}
	_, err = a.do(ctx, http.MethodGet, kind+"/", q, nil, &out)
	return append(out.Posts, out.Pages...), out.Meta.Pagination.Next, out.Meta.Pagination.Total, err
}

// AddWebhook has Ghost send an event to an address, signed with a secret. It reports
// false where Ghost already sends that event there.
func (a *Admin) AddWebhook(ctx context.Context, event, target, secret string) (added bool, err error) {
	hook := map[string]string{"event": event, "target_url": target, "secret": secret, "name": "Lector: " + event}
	_, err = a.do(ctx, http.MethodPost, "webhooks/", nil, map[string]any{"webhooks": []any{hook}}, nil)
	var refused *Refusal
	if errors.As(err, &refused) && refused.Status == http.StatusUnprocessableEntity &&
		strings.Contains(refused.Message, "already been used") {
		return false, nil
	}
	return err == nil, err
}

// Refusal is an answer of Ghost that is no success.
type Refusal struct {
	Status  int
	Message string // what Ghost says of it
	header  http.Header
}

// Error says what was refused.
func (r *Refusal) Error() string {
	return strings.TrimSpace(fmt.Sprintf("Ghost answered %d %s: %s", r.Status, http.StatusText(r.Status), r.Message))
}

// maxAnswer is how many bytes of an answer are read.
const maxAnswer = 32 << 20

// do asks the API and reads its answer into out, unless that is nil.
func (a *Admin) do(ctx context.Context, method, path string, query url.Values, in, out any) (http.Header, error) {
	var body io.Reader
	if in != nil {
		data, err := json.Marshal(in)
		if err != nil {
			return nil, err
		}
		body = bytes.NewReader(data)
	}
	r, err := http.NewRequestWithContext(ctx, method, a.base+path+"?"+query.Encode(), body)
	if err != nil {
		return nil, err
	}
	r.Header.Set("Accept-Version", "v5.0")
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", "Ghost "+a.token())
	response, err := a.http.Do(r)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	data, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	switch {
	case err != nil:
		return nil, err
	case response.Request != nil && response.Request.Method != method: // as a redirect has it, which loses what was sent
		return nil, lector.Hint(fmt.Errorf("%s is redirected to %s: nothing is changed there", a.base, response.Request.URL.Host),
			"give the address that Ghost itself has, with its scheme and host")
	case response.StatusCode >= http.StatusMultipleChoices:
		return nil, refusal(response, data)
	case out == nil:
		return response.Header, nil
	}
	if err := json.Unmarshal(data, out); err != nil {
		return nil, fmt.Errorf("no Ghost answers at %s: %w", a.base, err)
	}
	return response.Header, nil
}

// refusal reads what Ghost says of an error.
func refusal(response *http.Response, data []byte) error {
	var in struct {
		Errors []struct{ Message, Context string }
	}
	r := &Refusal{Status: response.StatusCode, header: response.Header}
	if json.Unmarshal(data, &in) == nil && len(in.Errors) > 0 {
		r.Message = strings.TrimSpace(in.Errors[0].Message + " " + in.Errors[0].Context)
	}
	return r
}

// tokenLife is less than the five minutes that Ghost allows.
const tokenLife = 4 * time.Minute

// token makes a JSON Web Token (RFC 7519) signed by HS256, of the form that Ghost wants.
func (a *Admin) token() string {
	now := a.now().Unix()
	head := fmt.Sprintf(`{"alg":"HS256","typ":"JWT","kid":"%s"}`, a.id)
	claims := fmt.Sprintf(`{"iat":%d,"exp":%d,"aud":"/admin/"}`, now, now+int64(tokenLife.Seconds()))
	text := base64.RawURLEncoding.EncodeToString([]byte(head)) + "." + base64.RawURLEncoding.EncodeToString([]byte(claims))
	mac := hmac.New(sha256.New, a.secret)
	mac.Write([]byte(text))
	return text + "." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

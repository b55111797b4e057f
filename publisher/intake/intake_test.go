package intake_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"lector"
	"lector/publisher/intake"
	"lector/publisher/intake/ghost"
	"lector/publisher/intake/webhook"
)

var noon = time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)

// The secrets of the site: two of each source, one of which is about to go.
const (
	oldSecret, newSecret = "ghost-secret-of-last-year", "ghost-secret-of-this-year"
	oldKey, newKey       = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "b3RoZXIga2V5LCBvdGhlciBrZXk="
)

// broker stores events in memory, or fails.
type broker struct {
	mu     sync.Mutex
	events []lector.ArticleEvent
	err    error
}

func (b *broker) Publish(_ context.Context, e lector.ArticleEvent) (uint64, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.err == nil {
		b.events = append(b.events, e)
	}
	return uint64(len(b.events)), b.err
}

// doors is a handler with a site, what it stores and what it logs.
type doors struct {
	http.Handler
	broker   *broker
	log      *bytes.Buffer
	outcomes map[intake.Outcome]int
}

func newDoors(t *testing.T, change func(*intake.Config)) *doors {
	t.Helper()
	d := &doors{broker: &broker{}, log: &bytes.Buffer{}, outcomes: map[intake.Outcome]int{}}
	of := func(secrets ...string) intake.Hook {
		return intake.Hook{Secrets: func() ([]string, error) { return secrets, nil }}
	}
	c := intake.Config{
		Sites:     map[string]intake.Site{"havana": {Hooks: map[string]intake.Hook{"ghost": of(oldSecret, newSecret), "webhook": of(oldKey, newKey)}}},
		Sources:   map[string]intake.Source{"ghost": ghost.Source{}, "webhook": webhook.Source{}},
		Publisher: d.broker,
		Answered:  func(_, _ string, o intake.Outcome, _ time.Duration) { d.outcomes[o]++ },
		Log:       slog.New(slog.NewTextHandler(d.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		Now:       func() time.Time { return noon },
	}
	if change != nil {
		change(&c)
	}
	h, err := intake.New(c)
	if err != nil {
		t.Fatal(err)
	}
	d.Handler = h
	return d
}

func (d *doors) post(path string, body io.Reader, header http.Header) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, path, body)
	r.Header = header
	w := httptest.NewRecorder()
	d.ServeHTTP(w, r)
	return w
}

func mac(key []byte, parts ...string) []byte {
	m := hmac.New(sha256.New, key)
	for _, part := range parts {
		m.Write([]byte(part))
	}
	return m.Sum(nil)
}

func ghostMAC(secret, body string, at time.Time) string {
	return hex.EncodeToString(mac([]byte(secret), body, strconv.FormatInt(at.UnixMilli(), 10)))
}

// signedByGhost are the headers of a webhook of Ghost.
func signedByGhost(secret, body string, at time.Time) http.Header {
	h := http.Header{"Content-Type": {"application/json"}}
	h.Set("X-Ghost-Signature", fmt.Sprintf("sha256=%s, t=%d", ghostMAC(secret, body, at), at.UnixMilli()))
	return h
}

func standardMAC(t testing.TB, secret, id, at, body string) string {
	t.Helper()
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_"))
	if err != nil {
		t.Fatal(err)
	}
	return "v1," + base64.StdEncoding.EncodeToString(mac(key, id, ".", at, ".", body))
}

// signed are the headers of a Standard Webhook.
func signed(t testing.TB, secret, id, body string, at time.Time) http.Header {
	t.Helper()
	seconds := strconv.FormatInt(at.Unix(), 10)
	h := http.Header{"Content-Type": {"application/json; charset=utf-8"}}
	h.Set("Webhook-Id", id)
	h.Set("Webhook-Timestamp", seconds)
	h.Set("Webhook-Signature", standardMAC(t, secret, id, seconds, body))
	return h
}

const (
	ghostPath, webhookPath = "/hooks/ghost/havana", "/hooks/webhook/havana"

	ghostBody = `{"event":"post.published","post":{"current":{"id":"65a","title":"Storm","html":"<p>Rain.</p>","status":"published",` +
		`"visibility":"public","updated_at":"2026-11-28T11:59:00.000Z","authors":[{"name":"Ana","email":"ana@reader.example"}],` +
		`"post_revisions":[{"lexical":"secret draft"}]},"previous":{"status":"draft"}}}`
	webhookBody = `{"type":"article.published","timestamp":"2026-11-28T11:59:00Z",` +
		`"data":{"id":"1","title":"Storm","visibility":"public","body":{"content_type":"text/html","content":"<p>Rain.</p>"}}}`
)

func TestAccepted(t *testing.T) {
	t.Parallel()
	compressed := func(text string) string {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		z.Write([]byte(text))
		z.Close()
		return b.String()
	}
	zipped := compressed(webhookBody)
	gzipped := func(h http.Header) http.Header { h.Set("Content-Encoding", "gzip"); return h }
	two := signed(t, newKey, "m1", webhookBody, noon)
	two.Set("Webhook-Signature", "v1a,xxxx v1,AAAA "+two.Get("Webhook-Signature"))
	for name, test := range map[string]struct {
		path, body string
		header     http.Header
	}{
		"ghost":                       {ghostPath, ghostBody, signedByGhost(newSecret, ghostBody, noon)},
		"ghost, the old secret":       {ghostPath, ghostBody, signedByGhost(oldSecret, ghostBody, noon)},
		"ghost, four minutes old":     {ghostPath, ghostBody, signedByGhost(newSecret, ghostBody, noon.Add(-4*time.Minute))},
		"webhook":                     {webhookPath, webhookBody, signed(t, newKey, "m1", webhookBody, noon)},
		"webhook, the old secret":     {webhookPath, webhookBody, signed(t, oldKey, "m1", webhookBody, noon)},
		"one signature of several":    {webhookPath, webhookBody, two},
		"signed, then compressed":     {webhookPath, zipped, gzipped(signed(t, newKey, "m1", webhookBody, noon))},
		"compressed, then signed":     {webhookPath, zipped, gzipped(signed(t, newKey, "m1", zipped, noon))},
		"a clock four minutes behind": {webhookPath, webhookBody, signed(t, newKey, "m1", webhookBody, noon.Add(-4*time.Minute))},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDoors(t, nil)
			w := d.post(test.path, strings.NewReader(test.body), test.header)
			if w.Code != http.StatusAccepted || len(d.broker.events) != 1 {
				t.Fatalf("%d %s, %d events", w.Code, w.Body, len(d.broker.events))
			}
			e := d.broker.events[0]
			if e.Type != lector.Published || e.Article.Site != "havana" || e.Article.Title != "Storm" || e.Article.Body.Content != "<p>Rain.</p>" {
				t.Errorf("event %+v", e)
			}
			if e.ID == "" || e.Source != test.path || e.Time.IsZero() {
				t.Errorf("event %q of %q at %v", e.ID, e.Source, e.Time)
			}
		})
	}
}

// The bad input that a hook meets, and what it answers. None of it is stored, none of it
// is logged, and each is counted.
func TestRefused(t *testing.T) {
	t.Parallel()
	type request struct {
		path, body string
		header     http.Header
	}
	byGhost := func(body string) request { return request{ghostPath, body, signedByGhost(newSecret, body, noon)} }
	standard := func(body string) request { return request{webhookPath, body, signed(t, newKey, "m1", body, noon)} }
	with := func(r request, name string, values ...string) request {
		r.header = r.header.Clone()
		r.header[http.CanonicalHeaderKey(name)] = values
		return r
	}
	ms := func(at time.Time) string { return strconv.FormatInt(at.UnixMilli(), 10) }
	good := ghostMAC(newSecret, ghostBody, noon)
	sign := func(format string, args ...any) request {
		return with(byGhost(ghostBody), "X-Ghost-Signature", fmt.Sprintf(format, args...))
	}
	at := func(d time.Duration) request {
		return request{ghostPath, ghostBody, signedByGhost(newSecret, ghostBody, noon.Add(d))}
	}
	stamp := func(seconds string) request {
		r := with(standard(webhookBody), "Webhook-Timestamp", seconds)
		return with(r, "Webhook-Signature", standardMAC(t, newKey, "m1", seconds, webhookBody))
	}
	data := func(fields string) request {
		return standard(`{"type":"article.published","data":{` + fields + `}}`)
	}
	bombOf := func(of io.Reader) string {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		io.Copy(z, io.LimitReader(of, 40<<20))
		z.Close()
		return b.String()
	}
	bomb, zeros := bombOf(spaces{}), bombOf(io.MultiReader(strings.NewReader("\x00"), spaces{}))
	zipped := func() string {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		io.WriteString(z, ghostBody)
		z.Close()
		return b.String()
	}()
	for name, test := range map[string]struct {
		request
		status  int
		outcome intake.Outcome
		text    string // in the answer
	}{
		"no signature":             {with(byGhost(ghostBody), "X-Ghost-Signature"), 401, "unsigned", "no X-Ghost-Signature"},
		"short":                    {sign("sha256=%s, t=%s", good[:63], ms(noon)), 401, "unsigned", "form"},
		"wrong":                    {sign("sha256=%s, t=%s", ghostMAC("another secret", ghostBody, noon), ms(noon)), 401, "unsigned", "wrong signature"},
		"of another body":          {sign("sha256=%s, t=%s", ghostMAC(newSecret, "{}", noon), ms(noon)), 401, "unsigned", "wrong signature"},
		"upper case":               {sign("sha256=%s, t=%s", strings.ToUpper(good), ms(noon)), 401, "unsigned", "form"},
		"two at once":              {with(byGhost(ghostBody), "X-Ghost-Signature", "sha256="+good+", t="+ms(noon), "sha256="+good+", t="+ms(noon)), 401, "unsigned", "two"},
		"two in one":               {sign("sha256=%s, sha256=%s, t=%s", good, good, ms(noon)), 401, "unsigned", "form"},
		"of the body alone":        {sign("sha256=%s, t=%s", hex.EncodeToString(mac([]byte(newSecret), ghostBody)), ms(noon)), 401, "unsigned", "wrong signature"},
		"without a time":           {sign("sha256=%s", good), 401, "unsigned", "form"},
		"another time":             {sign("sha256=%s, t=%s", good, ms(noon.Add(time.Second))), 401, "unsigned", "wrong signature"},
		"6 minutes old":            {at(-6 * time.Minute), 401, "stale", "stale"},
		"from the future":          {at(6 * time.Minute), 401, "stale", "stale"},
		"time in seconds":          {sign("sha256=%s, t=%d", hex.EncodeToString(mac([]byte(newSecret), ghostBody, "1795867200")), 1795867200), 401, "stale", "stale"},
		"time overflows":           {sign("sha256=%s, t=%s", good, strings.Repeat("9", 30)), 401, "unsigned", "form"},
		"time no number":           {sign("sha256=%s, t=noon", good), 401, "unsigned", "form"},
		"standard, no id":          {with(standard(webhookBody), "Webhook-Id"), 401, "unsigned", "webhook-id"},
		"standard, id of 1 KB":     {with(standard(webhookBody), "Webhook-Id", strings.Repeat("x", 1024)), 401, "unsigned", "webhook-id"},
		"standard, other id":       {with(standard(webhookBody), "Webhook-Id", "m2"), 401, "unsigned", "wrong signature"},
		"standard, no signature":   {with(standard(webhookBody), "Webhook-Signature"), 401, "unsigned", "webhook-signature"},
		"standard, v2 only":        {with(standard(webhookBody), "Webhook-Signature", "v2,AAAA"), 401, "unsigned", "v1"},
		"standard, short":          {with(standard(webhookBody), "Webhook-Signature", "v1,AAAA"), 401, "unsigned", "wrong signature"},
		"standard, 6 minutes old":  {stamp(strconv.FormatInt(noon.Add(-6*time.Minute).Unix(), 10)), 401, "stale", "stale"},
		"standard, milliseconds":   {stamp(ms(noon)), 401, "stale", "stale"},
		"standard, time overflows": {stamp(strings.Repeat("9", 30)), 401, "unsigned", "webhook-timestamp"},
		"standard, negative time":  {stamp("-1"), 401, "unsigned", "webhook-timestamp"},
		"unknown site":             {request{"/hooks/ghost/paris", ghostBody, signedByGhost(newSecret, ghostBody, noon)}, 404, "", "no such hook"},
		"unknown source":           {request{"/hooks/drupal/havana", ghostBody, signedByGhost(newSecret, ghostBody, noon)}, 404, "", "no such hook"},
		"form":                     {with(byGhost(ghostBody), "Content-Type", "application/x-www-form-urlencoded"), 415, "unsupported", "application/json"},
		"no content type":          {with(byGhost(ghostBody), "Content-Type"), 415, "unsupported", "application/json"},
		"latin":                    {with(byGhost(ghostBody), "Content-Type", "application/json; charset=latin1"), 415, "unsupported", "UTF-8"},
		"brotli":                   {with(byGhost(ghostBody), "Content-Encoding", "br"), 415, "unsupported", "gzip"},
		"not gzip":                 {with(byGhost(ghostBody), "Content-Encoding", "gzip"), 400, "invalid", "gzip"},
		"gzip bomb":                {with(request{ghostPath, bomb, signedByGhost(newSecret, bomb, noon)}, "Content-Encoding", "gzip"), 413, "too_large", "too large"},
		"33 MiB, and no JSON":      {byGhost("x" + strings.Repeat(" ", 33<<20)), 413, "too_large", "too large"},
		"gzip bomb, and no JSON":   {with(request{ghostPath, zeros, signedByGhost(newSecret, zeros, noon)}, "Content-Encoding", "gzip"), 413, "too_large", "too large"},
		"33 MiB":                   {byGhost(strings.Repeat(" ", 33<<20)), 413, "too_large", "too large"},
		"article of 17 MiB":        {data(`"id":"1","body":{"content_type":"text/html","content":"` + strings.Repeat("x", 17<<20) + `"}`), 413, "too_large", "too large"},
		"nothing":                  {byGhost(""), 400, "invalid", "ends too early"},
		"no JSON":                  {byGhost("post"), 400, "invalid", "no JSON"},
		"half":                     {byGhost(ghostBody[:200]), 400, "invalid", "ends too early"},
		"something behind it":      {byGhost(ghostBody + "{}"), 400, "invalid", "behind"},
		"duplicate key":            {data(`"id":"1","visibility":"paid","visibility":"public"`), 400, "invalid", "data.visibility: stands twice"},
		"NaN":                      {data(`"id":NaN`), 400, "invalid", "data.id"},
		"depth 10,000":             {standard(strings.Repeat(`{"x":`, 10_000) + "1" + strings.Repeat("}", 10_000)), 400, "invalid", "in each other"},
		"invalid UTF-8":            {data(`"id":"1","title":"` + "\xff" + `"`), 400, "invalid", "data.title: invalid UTF-8"},
		"NUL":                      {data(`"id":"1","title":"` + "\x00" + `"`), 400, "invalid", "data.title"},
		"BOM":                      {byGhost("\ufeff" + ghostBody), 400, "invalid", "no JSON"},
		"an array":                 {standard(`[]`), 400, "invalid", ""},
		"null":                     {standard(`null`), 400, "invalid", "type"},
		"no data":                  {standard(`{"type":"article.published"}`), 400, "invalid", "data is missing"},
		"no id":                    {data(`"title":"Storm"`), 400, "invalid", "data.id is missing"},
		"null id":                  {data(`"id":null`), 400, "invalid", "data.id is missing"},
		"fractional id":            {data(`"id":1.5`), 400, "invalid", "id: 1.5"},
		"title of the wrong kind":  {data(`"id":"1","title":{}`), 400, "invalid", "title"},
		"no time":                  {standard(`{"type":"article.published","timestamp":"noon","data":{"id":"1"}}`), 400, "invalid", "noon"},
		"another site's":           {data(`"id":"1","site":"paris"`), 400, "invalid", "data.site"},
		"unknown type":             {standard(`{"type":"article.v2.published","data":{"id":"1"}}`), 400, "invalid", "type"},
		"unknown event of Ghost":   {byGhost(`{"event":"member.added","member":{"current":{"email":"ana@reader.example"}}}`), 400, "invalid", "event"},
		"unknown event of a post":  {byGhost(`{"event":"post.frobnicated","post":{"current":{"id":"1"}}}`), 400, "invalid", "event"},
		"deleted, both empty":      {byGhost(`{"event":"post.deleted","post":{"current":{},"previous":{}}}`), 400, "invalid", "previous.id"},
		"published, empty current": {byGhost(`{"event":"post.published","post":{"current":{},"previous":{"id":"1"}}}`), 400, "invalid", "current.id"},
		"SHA-512":                  {sign("sha512=%s, t=%s", good, ms(noon)), 401, "unsigned", "form"},
		"negative time":            {sign("sha256=%s, t=-%s", good, ms(noon)), 401, "unsigned", "form"},
		"signature of 1 MB":        {with(standard(webhookBody), "Webhook-Signature", strings.Repeat("v1,AAAA ", 1<<17)), 401, "unsigned", ""},
		"gzip, cut":                {with(request{ghostPath, zipped[:len(zipped)/2], signedByGhost(newSecret, zipped[:len(zipped)/2], noon)}, "Content-Encoding", "gzip"), 400, "invalid", "unexpected EOF"},
		"gzip, garbage behind":     {with(request{ghostPath, zipped + "garbage", signedByGhost(newSecret, zipped+"garbage", noon)}, "Content-Encoding", "gzip"), 400, "invalid", ""},
		"gzip twice":               {with(byGhost(ghostBody), "Content-Encoding", "gzip, gzip"), 415, "unsupported", "gzip"},
		"text/json":                {with(byGhost(ghostBody), "Content-Type", "text/json"), 415, "unsupported", "application/json"},
		"UTF-16":                   {byGhost("\xff\xfe" + strings.Join(strings.Split(ghostBody, ""), "\x00")), 400, "invalid", ""},
		"type twice":               {standard(`{"type":"article.published","type":"article.deleted","data":{"id":"1"}}`), 400, "invalid", "stands twice"},
		"duplicate key, escaped":   {data(`"id":"1","visibility":"paid","\u0076isibility":"public"`), 400, "invalid", "stands twice"},
		"number beyond all":        {data(`"id":1e999`), 400, "invalid", "id"},
		"id of 600 digits":         {data(`"id":` + strings.Repeat("7", 600)), 400, "invalid", "data"},
		"arrays, depth 10,000":     {standard(`{"x":` + strings.Repeat("[", 10_000) + strings.Repeat("]", 10_000) + "}"), 400, "invalid", "in each other"},
		"NUL behind it":            {standard(webhookBody + "\x00"), 400, "invalid", "behind"},
		"infinite":                 {data(`"id":"1","published_at":Infinity`), 400, "invalid", "published_at"},
		"month 13":                 {standard(`{"type":"article.published","timestamp":"2026-13-28T00:00:00Z","data":{"id":"1"}}`), 400, "invalid", ""},
		"line break in a text":     {data(`"id":"1","title":"` + "a\nb" + `"`), 400, "invalid", "data.title"},
		"previous without an id":   {byGhost(`{"event":"post.unpublished","post":{"current":{},"previous":{"status":"published"}}}`), 400, "invalid", "previous.id"},
		"neither post nor page":    {byGhost(`{"event":"post.published"}`), 400, "invalid", "neither post nor page"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDoors(t, nil)
			w := d.post(test.path, unsized{strings.NewReader(test.body)}, test.header)
			if w.Code != test.status || !strings.Contains(w.Body.String(), test.text) {
				t.Errorf("%d %.200s, want %d and %q", w.Code, w.Body, test.status, test.text)
			}
			if len(d.broker.events) > 0 || test.outcome != "" && d.outcomes[test.outcome] != 1 {
				t.Errorf("%d events, %v", len(d.broker.events), d.outcomes)
			}
			for _, secret := range []string{"Storm", "Rain", "ana@reader", "draft", oldSecret, newSecret} {
				if strings.Contains(d.log.String(), secret) || strings.Contains(w.Body.String(), secret) {
					t.Errorf("%q is logged or sent back: %s %s", secret, d.log, w.Body)
				}
			}
		})
	}
}

// TestEndlessBody: of a body that says no length and has no end not much more is read than
// the largest that is taken, and the connection is closed.
func TestEndlessBody(t *testing.T) {
	t.Parallel()
	d := newDoors(t, nil)
	s := httptest.NewServer(d)
	defer s.Close()
	c, err := net.Dial("tcp", s.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	fmt.Fprintf(c, "POST %s HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nX-Ghost-Signature: sha256=%s, t=%d\r\nTransfer-Encoding: chunked\r\n\r\n",
		ghostPath, ghostMAC(newSecret, ghostBody, noon), noon.UnixMilli())
	piece := fmt.Appendf(nil, "10000\r\n%s\r\n", strings.Repeat(" ", 0x10000))
	sent := 0
	for sent < 256<<20 {
		n, err := c.Write(piece)
		if sent += n; err != nil {
			break
		}
	}
	if sent > 64<<20 { // what the two ends of the connection hold is among it
		t.Errorf("%d MB were taken", sent>>20)
	}
	c.Close()
	s.Close() // waits for the handler
	if d.outcomes["too_large"] != 1 || len(d.broker.events) > 0 {
		t.Errorf("%v, %d events", d.outcomes, len(d.broker.events))
	}
}

// spaces is white space without an end.
type spaces struct{}

func (spaces) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	return len(p), nil
}

// unsized hides how long a body is, as chunked requests do.
type unsized struct{ io.Reader }

func TestOtherMethods(t *testing.T) {
	t.Parallel()
	d := newDoors(t, nil)
	w := httptest.NewRecorder()
	d.ServeHTTP(w, httptest.NewRequest(http.MethodGet, ghostPath, nil))
	if w.Code != http.StatusMethodNotAllowed {
		t.Errorf("GET: %d", w.Code)
	}
}

// What cannot be stored is answered so that the sender comes again; a sender is never
// told to forget the hook.
func TestNotStored(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		err    error
		status int
	}{
		"broker away":    {errors.New("no responders"), 503},
		"no such schema": {lector.Permanent(errors.New("article data: id: too long")), 400},
	} {
		d := newDoors(t, nil)
		d.broker.err = test.err
		w := d.post(ghostPath, strings.NewReader(ghostBody), signedByGhost(newSecret, ghostBody, noon))
		if w.Code != test.status || (w.Header().Get("Retry-After") != "") != (test.status == 503) || strings.Contains(w.Body.String(), "responders") {
			t.Errorf("%s: %d %s, Retry-After %q", name, w.Code, w.Body, w.Header().Get("Retry-After"))
		}
	}
}

func TestRate(t *testing.T) {
	t.Parallel()
	now := noon
	d := newDoors(t, func(c *intake.Config) {
		hook := c.Sites["havana"].Hooks["ghost"]
		hook.PerSecond = 0.5
		c.Sites["havana"].Hooks["ghost"] = hook
		c.Now = func() time.Time { return now }
	})
	send := func(secret string) *httptest.ResponseRecorder {
		return d.post(ghostPath, strings.NewReader(ghostBody), signedByGhost(secret, ghostBody, now))
	}
	for range 20 { // what is not signed takes nothing away
		if w := send("another secret"); w.Code != 401 {
			t.Fatalf("%d", w.Code)
		}
	}
	for range 5 {
		if w := send(newSecret); w.Code != 202 {
			t.Fatalf("%d", w.Code)
		}
	}
	if w := send(newSecret); w.Code != 429 || w.Header().Get("Retry-After") != "2" {
		t.Errorf("%d, Retry-After %q", w.Code, w.Header().Get("Retry-After"))
	}
	if w := d.post(webhookPath, strings.NewReader(webhookBody), signed(t, newKey, "m1", webhookBody, now)); w.Code != 202 {
		t.Errorf("another source waits too: %d", w.Code)
	}
	now = now.Add(2 * time.Second)
	if w := send(newSecret); w.Code != 202 {
		t.Errorf("after the wait: %d", w.Code)
	}
}

// Secrets are asked for with each request, and one that cannot be read does not keep the
// others from being used.
func TestSecretsAreReadAgain(t *testing.T) {
	t.Parallel()
	var secrets []string
	var fault error
	d := newDoors(t, func(c *intake.Config) {
		c.Sites["havana"].Hooks["ghost"] = intake.Hook{Secrets: func() ([]string, error) { return secrets, fault }}
	})
	for _, step := range []struct {
		secrets []string
		fault   error
		status  int
	}{
		{[]string{oldSecret}, nil, 401},
		{[]string{oldSecret, newSecret}, nil, 202},
		{[]string{newSecret}, errors.New("no such file"), 202},
		{nil, errors.New("no such file"), 503},
		{[]string{""}, nil, 503},
	} {
		secrets, fault = step.secrets, step.fault
		if w := d.post(ghostPath, strings.NewReader(ghostBody), signedByGhost(newSecret, ghostBody, noon)); w.Code != step.status {
			t.Errorf("%q: %d, want %d", step.secrets, w.Code, step.status)
		}
	}
}

// The same delivery has the same ID whenever it comes, by which the broker knows it;
// another one has another.
func TestDeliveriesHaveIDs(t *testing.T) {
	t.Parallel()
	d := newDoors(t, nil)
	for range 2 {
		d.post(ghostPath, strings.NewReader(ghostBody), signedByGhost(newSecret, ghostBody, noon))
	}
	d.post(ghostPath, strings.NewReader(ghostBody), signedByGhost(newSecret, ghostBody, noon.Add(time.Millisecond)))
	d.post(webhookPath, strings.NewReader(webhookBody), signed(t, newKey, "m1", webhookBody, noon))
	e := d.broker.events
	if len(e) != 4 || e[0].ID != e[1].ID || e[1].ID == e[2].ID || e[3].ID != "m1" {
		t.Errorf("%+v", e)
	}
}

// The vector of the reference implementations of Standard Webhooks.
func TestStandardVector(t *testing.T) {
	t.Parallel()
	const id, at, body = "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", `{"test": 2432232314}`
	if got := standardMAC(t, oldKey, id, at, body); got != "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=" {
		t.Errorf("%s", got)
	}
	d := newDoors(t, func(c *intake.Config) { c.Now = func() time.Time { return time.Unix(1614265330, 0) } })
	h := http.Header{
		"Content-Type": {"application/json"}, "Webhook-Id": {id}, "Webhook-Timestamp": {at},
		"Webhook-Signature": {"v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="},
	}
	if w := d.post(webhookPath, strings.NewReader(body), h); w.Code != 400 || !strings.Contains(w.Body.String(), "type") { // signed, and no article
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

func TestUnknownSource(t *testing.T) {
	t.Parallel()
	_, err := intake.New(intake.Config{Sites: map[string]intake.Site{"havana": {Hooks: map[string]intake.Hook{"drupal": {}}}}})
	if err == nil || !strings.Contains(err.Error(), "drupal") {
		t.Errorf("%v", err)
	}
}

// Only the exact signature passes.
func FuzzSignature(f *testing.F) {
	good := signedByGhost(newSecret, ghostBody, noon).Get("X-Ghost-Signature")
	f.Add(good, "", "", "")
	f.Add(strings.ToUpper(good), "m1", "1795867200", "v1,AAAA v1,")
	f.Fuzz(func(t *testing.T, ghostly, id, at, standard string) {
		d := newDoors(t, nil)
		w := d.post(ghostPath, strings.NewReader(ghostBody), http.Header{"Content-Type": {"application/json"}, "X-Ghost-Signature": {ghostly}})
		same := strings.Replace(ghostly, ", t", ",t", 1) == strings.Replace(good, ", t", ",t", 1)
		if (w.Code == 202) != same {
			t.Errorf("%q: %d", ghostly, w.Code)
		}
		h := http.Header{"Content-Type": {"application/json"}, "Webhook-Id": {id}, "Webhook-Timestamp": {at}, "Webhook-Signature": {standard}}
		if w := d.post(webhookPath, strings.NewReader(webhookBody), h); w.Code != 401 && !strings.Contains(standard, standardMAC(t, newKey, id, at, webhookBody)) {
			t.Errorf("%q %q %q: %d", id, at, standard, w.Code)
		}
	})
}

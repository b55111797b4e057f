// Package wordpress reads the published posts of a WordPress by its REST API, as a
// source to compare audio with. Lector's plugin, which tells of changes at once, is
// infra/deploy/wordpress.
package wordpress

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"lector"
	"lector/publisher/intake/reconcile"
	"lector/publisher/intake/strip"
)

// HTTPClient makes requests over HTTP. It bounds redirects, sizes and times.
type HTTPClient interface {
	Do(req *http.Request) (*http.Response, error)
}

// Source is a WordPress. Without a login it knows of what is published only, and a
// post that is withdrawn is noticed when all are compared.
type Source struct {
	Web      HTTPClient
	URL      string   // of the site
	User     string   // who may edit all posts; empty: no login
	Password string   // an application password of User
	Types    []string // of posts, by their names in the REST API; nil is posts
}

var _ reconcile.Source = (*Source)(nil)

const (
	perPage = 100 // the most that WordPress gives
	// overlap is how far each look goes back beyond the last one: times are whole
	// seconds, and a save that takes long states when it began.
	overlap = 2 * time.Minute
	// maxAnswer bounds an answer in bytes.
	maxAnswer = 64 << 20
)

// rendered is a field as readers see it. A post with a password has none for us.
type rendered struct {
	Rendered  string `json:"rendered"`
	Protected bool   `json:"protected"`
}

// post is what is wanted of a post.
type post struct {
	ID       int      `json:"id"`
	Date     moment   `json:"date_gmt"`
	Modified moment   `json:"modified_gmt"`
	Status   string   `json:"status"`
	Link     string   `json:"link"`
	Title    rendered `json:"title"`
	Content  rendered `json:"content"`
	Embedded struct {
		Authors  []struct{ Name string } `json:"author"`
		Pictures []struct {
			Address string `json:"source_url"`
		} `json:"wp:featuredmedia"`
		Terms [][]struct{ Taxonomy, Name, Slug string } `json:"wp:term"`
	} `json:"_embedded"`
}

// moment is a time of WordPress: UTC without saying so, and null for a draft's.
type moment struct{ time.Time }

// UnmarshalJSON reads it.
func (m *moment) UnmarshalJSON(data []byte) error {
	var text string
	if err := json.Unmarshal(data, &text); err != nil || text == "" {
		return err
	}
	at, err := time.Parse("2006-01-02T15:04:05", text)
	m.Time = at
	return err
}

const listFields = "id,date_gmt,modified_gmt,status,link,title,content.protected"

// Changed lists what was saved or appeared since a mark, which is a time of the
// site's own clock. The first mark lists nothing.
func (s *Source) Changed(ctx context.Context, mark string) (items []reconcile.Item, next string, err error) {
	since, err := time.Parse(time.RFC3339, mark)
	if err != nil && mark != "" {
		return nil, "", fmt.Errorf("mark %q: %w", mark, err)
	}
	if mark == "" {
		a, err := s.get(ctx, s.types()[0], url.Values{"per_page": {"1"}, "_fields": {"id"}}, false)
		return nil, a.now.Format(time.RFC3339), err
	}
	seen := map[int]bool{}
	for _, kind := range s.types() {
		// What cron publishes keeps the time of its last save: by that alone it is not found.
		for _, after := range []string{"modified_after", "after"} {
			query := url.Values{after: {since.Add(-overlap).UTC().Format(time.RFC3339)}, "orderby": {"id"}, "order": {"asc"}}
			if s.User != "" {
				query.Set("status", "publish,draft,pending,private,trash")
			}
			posts, now, err := s.all(ctx, kind, query)
			if err != nil {
				return nil, "", err
			}
			if next == "" {
				next = now.Format(time.RFC3339) // of the first request: what changes meanwhile is seen again
			}
			for _, p := range posts {
				if !seen[p.ID] {
					seen[p.ID] = true
					items = append(items, p.item(now))
				}
			}
		}
	}
	return items, next, nil
}

// all asks for every page of a list, and returns when the first was made.
func (s *Source) all(ctx context.Context, kind string, query url.Values) (posts []post, now time.Time, err error) {
	for page, pages := 1, 1; page <= pages; page++ {
		list, a, err := s.list(ctx, kind, query, page, s.User != "")
		if err != nil {
			return nil, now, err
		}
		if page == 1 {
			now = a.now
		}
		posts, pages = append(posts, list...), a.pages
	}
	return posts, now, nil
}

// list asks for one page of a list.
func (s *Source) list(ctx context.Context, kind string, query url.Values, page int, login bool) (posts []post, a answer, err error) {
	query.Set("per_page", strconv.Itoa(perPage))
	query.Set("page", strconv.Itoa(page))
	query.Set("_fields", listFields)
	if a, err = s.get(ctx, kind, query, login); err != nil {
		return nil, a, err
	}
	if err := json.Unmarshal(a.body, &posts); err != nil {
		return nil, a, fmt.Errorf("list of %s: %w", kind, err)
	}
	return posts, a, nil
}

// List lists the published posts, a hundred at a time. The place is a type of posts
// and a page of its list.
func (s *Source) List(ctx context.Context, place string) (items []reconcile.Item, next string, err error) {
	kinds := s.types()
	kind, page := 0, 1
	if place != "" {
		_, err := fmt.Sscanf(place, "%d/%d", &kind, &page)
		known := kind >= 0 && kind < len(kinds)
		if err != nil || !known || page < 1 {
			return nil, "", fmt.Errorf("no place in a list: %q", place)
		}
	}
	posts, a, err := s.list(ctx, kinds[kind], url.Values{"orderby": {"id"}, "order": {"asc"}}, page, false)
	if err != nil && !errors.Is(err, errPastEnd) {
		return nil, "", err
	}
	for _, p := range posts {
		items = append(items, p.item(a.now))
	}
	switch {
	case page < a.pages:
		next = fmt.Sprintf("%d/%d", kind, page+1)
	case kind+1 < len(kinds):
		next = fmt.Sprintf("%d/1", kind+1)
	}
	return items, next, nil
}

// Article returns a post as anybody may read it: the login, for which more might be
// rendered, is not used.
func (s *Source) Article(ctx context.Context, i reconcile.Item) (lector.Article, error) {
	p, now, err := s.post(ctx, i.ID, url.Values{"_embed": {"author,wp:term,wp:featuredmedia"}})
	if err != nil {
		return lector.Article{}, err
	}
	return p.article(now), nil
}

// Exists asks whether anybody can read a post.
func (s *Source) Exists(ctx context.Context, i reconcile.Item) error {
	_, _, err := s.post(ctx, i.ID, url.Values{"_fields": {"id"}})
	return err
}

// post asks for one post of whatever type, without a login.
func (s *Source) post(ctx context.Context, id string, query url.Values) (p post, now time.Time, err error) {
	if _, err := strconv.ParseUint(id, 10, 63); err != nil {
		return p, now, fmt.Errorf("post %q: %w", id, lector.ErrNotFound)
	}
	for _, kind := range s.types() {
		var a answer
		if a, err = s.get(ctx, kind+"/"+id, query, false); err == nil {
			err = json.Unmarshal(a.body, &p)
			return p, a.now, err
		}
		if !errors.Is(err, lector.ErrNotFound) {
			break
		}
	}
	return p, now, err
}

func (s *Source) types() []string {
	if len(s.Types) == 0 {
		return []string{"posts"}
	}
	return s.Types
}

// item is a post as the comparison wants it.
func (p post) item(now time.Time) reconcile.Item {
	return reconcile.Item{
		ID: strconv.Itoa(p.ID), URL: p.Link, Title: strip.Markup(p.Title.Rendered), UpdatedAt: p.updated(now), PublishedAt: p.Date.Time,
		Visibility: p.visibility(),
	}
}

// updated is when the post became what it is: when it was saved or when it appeared.
// A post that was scheduled states a time that may lie ahead.
func (p post) updated(now time.Time) time.Time {
	at := p.Modified.Time
	if p.Date.After(at) {
		at = p.Date.Time
	}
	if at.After(now) {
		return now
	}
	return at
}

func (p post) visibility() lector.Visibility {
	switch {
	case p.Content.Protected:
		return "password"
	case p.Status == "publish" || p.Status == "": // which an anonymous answer may leave out
		return lector.Public
	}
	return lector.Visibility(p.Status)
}

func (p post) article(now time.Time) lector.Article {
	a := lector.Article{
		ID: strconv.Itoa(p.ID), URL: p.Link, Title: strip.Markup(p.Title.Rendered), PublishedAt: p.Date.Time, UpdatedAt: p.updated(now),
		Visibility: p.visibility(),
		Body:       lector.Body{ContentType: lector.HTML, Content: p.Content.Rendered},
	}
	for _, author := range p.Embedded.Authors {
		if author.Name != "" && !strings.Contains(author.Name, "@") {
			a.Authors = append(a.Authors, author.Name)
		}
	}
	for _, picture := range p.Embedded.Pictures {
		a.Image = picture.Address
	}
	for _, terms := range p.Embedded.Terms {
		for _, t := range terms {
			switch {
			case t.Taxonomy == "post_tag":
				a.Tags = append(a.Tags, strip.Markup(t.Name))
			case t.Taxonomy == "category" && a.Section == "" && t.Slug != "uncategorized":
				a.Section = strip.Markup(t.Name)
			}
		}
	}
	return a
}

// answer is what the REST API has answered.
type answer struct {
	body  []byte
	pages int       // of a list
	now   time.Time // by the site's clock
	host  string    // that answered, after redirections
}

// errPastEnd is the error of a page behind the last one, of a list that became shorter.
var errPastEnd = errors.New("behind the last page")

// get asks the REST API, by the form of its address that needs no settings. Only an
// answer that says so means that a post is not there: a site that is broken, or whose
// API is closed, must not look like one without posts.
func (s *Source) get(ctx context.Context, path string, query url.Values, login bool) (answer, error) {
	return s.do(ctx, http.MethodGet, "/wp/v2/"+path, query, login)
}

func (s *Source) do(ctx context.Context, method, path string, query url.Values, login bool) (a answer, err error) {
	query.Set("rest_route", path)
	address := strings.TrimRight(s.URL, "/") + "/?" + query.Encode()
	request, err := http.NewRequestWithContext(ctx, method, address, nil)
	if err != nil {
		return a, lector.Permanent(err)
	}
	if login {
		request.SetBasicAuth(s.User, s.Password)
	}
	response, err := s.Web.Do(request)
	if err != nil {
		return a, err
	}
	defer response.Body.Close()
	if response.Request != nil && response.Request.Method != method { // as a redirect has it, which loses what was sent
		return a, lector.Hint(fmt.Errorf("WordPress, %s: redirected to %s: nothing is changed there", path, response.Request.URL.Host),
			"give the address that Settings, General calls the site address")
	}
	if a.body, err = io.ReadAll(io.LimitReader(response.Body, maxAnswer)); err != nil {
		return a, fmt.Errorf("read %s: %w", path, err)
	}
	if a.now, err = http.ParseTime(response.Header.Get("Date")); err != nil {
		a.now = time.Now()
	}
	a.now = a.now.UTC()
	if response.Request != nil {
		a.host = response.Request.URL.Host
	}
	a.pages, _ = strconv.Atoi(response.Header.Get("X-WP-TotalPages")) // of a list only
	return a, fault(path, response, a.body)
}

// Refusal is an answer of WordPress that is none.
type Refusal struct {
	Route  string
	Status int
	Code   string // of WordPress; empty if another program has answered
}

// Error names the route, the status and the code of WordPress.
func (r *Refusal) Error() string {
	return strings.TrimSpace(fmt.Sprintf("WordPress, %s: %d %s %s", r.Route, r.Status, http.StatusText(r.Status), r.Code))
}

// fault is why an answer is none.
func fault(path string, response *http.Response, body []byte) error {
	if response.StatusCode == http.StatusOK {
		return nil
	}
	var said struct{ Code string }
	_ = json.Unmarshal(body, &said) // a page of another program has no code
	err := error(&Refusal{Route: path, Status: response.StatusCode, Code: said.Code})
	switch {
	case response.StatusCode == http.StatusNotFound && said.Code == "rest_post_invalid_id",
		response.StatusCode == http.StatusUnauthorized && said.Code == "rest_forbidden":
		return fmt.Errorf("%w: %w", err, lector.ErrNotFound)
	case said.Code == "rest_post_invalid_page_number":
		return fmt.Errorf("%w: %w", err, errPastEnd)
	case said.Code == "rest_invalid_param":
		return lector.Hint(err, "is the application password right, and may its user edit all posts? lector connect wordpress tells")
	case response.StatusCode == http.StatusTooManyRequests || response.StatusCode == http.StatusServiceUnavailable:
		return lector.Throttled(err, reconcile.RetryAfter(response.Header, time.Now()))
	}
	return err
}

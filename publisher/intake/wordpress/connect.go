package wordpress

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"lector"
)

// About is what a WordPress says of itself to everybody.
type About struct {
	Name   string
	URL    string
	Plugin bool      // Lector's plugin is there
	Time   time.Time // by its clock, in whole seconds
	Host   string    // that answered, after redirections
}

// About asks a WordPress who it is.
func (s *Source) About(ctx context.Context) (About, error) {
	a, err := s.do(ctx, http.MethodGet, "/", url.Values{"_fields": {"name,url,namespaces"}}, false)
	if err != nil {
		return About{}, err
	}
	var said struct {
		Name, URL  string
		Namespaces []string
	}
	if err := json.Unmarshal(a.body, &said); err != nil || !slices.Contains(said.Namespaces, "wp/v2") {
		return About{}, lector.Hint(fmt.Errorf("no WordPress answers at %s", s.URL),
			"-url is the address that Settings, General calls the site address")
	}
	return About{Name: said.Name, URL: said.URL, Plugin: slices.Contains(said.Namespaces, "lector/v1"), Time: a.now, Host: a.host}, nil
}

// Login asks who the user is. It is by this alone that a wrong password shows: of what
// is public, WordPress answers it as it answers everybody.
func (s *Source) Login(ctx context.Context) (name string, administrator bool, err error) {
	who, err := s.capabilities(ctx)
	return who.Name, who.Capabilities["manage_options"] == true, err
}

// user is who has logged in.
type user struct {
	Name         string
	Capabilities map[string]any // true, or not there
}

func (s *Source) capabilities(ctx context.Context) (who user, err error) {
	a, err := s.get(ctx, "users/me", url.Values{"context": {"edit"}, "_fields": {"name,capabilities"}}, true)
	if err != nil {
		return user{}, lector.Hint(err, "%s", loginHint(s.URL))
	}
	if err := json.Unmarshal(a.body, &who); err != nil {
		return user{}, fmt.Errorf("users/me: %w", err)
	}
	return who, nil
}

func loginHint(address string) string {
	if strings.HasPrefix(address, "http:") {
		return "application passwords need https, unless WP_ENVIRONMENT_TYPE is local; and the password is none of the login but of Users, Profile, Application Passwords"
	}
	return "the password is not that of the login: make one in Users, Profile, Application Passwords; " +
		"if it is right, the web server keeps the Authorization header from PHP (CGIPassAuth On), or a plugin has closed the API"
}

// Plugin is what Lector's plugin says of itself, and of a message that it has just sent.
type Plugin struct {
	Version    string   `json:"version"`
	WordPress  string   `json:"wordpress"`
	PHP        string   `json:"php"`
	URL        string   `json:"url"`
	Site       string   `json:"site"`
	PostTypes  []string `json:"post_types"`
	Configured bool     `json:"configured"`
	Pending    int      `json:"pending"`
	Sent       *Sent    `json:"sent"`
}

// Sent is a signed message and what was answered; code 0 is no answer.
type Sent struct {
	ID        string `json:"id"`
	Timestamp string `json:"timestamp"`
	Signature string `json:"signature"`
	Body      string `json:"body"`
	Code      int    `json:"code"`
	Text      string `json:"text"`
}

// TestPlugin has the plugin send Lector a message without an article.
func (s *Source) TestPlugin(ctx context.Context) (p Plugin, err error) {
	a, err := s.do(ctx, http.MethodPost, "/lector/v1/test", url.Values{}, true)
	if err == nil {
		err = json.Unmarshal(a.body, &p)
	}
	return p, err
}

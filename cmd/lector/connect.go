package main

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"flag"
	"fmt"
	"html"
	"io/fs"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"lector"
	"lector/infra/fetch"
	"lector/publisher/intake/ghost"
)

const connectHelp = `Connects a CMS to a site. It looks at the address, the key and the clock, has the
CMS send its webhooks here, and prints what to put into lector.yaml and into the
pages. Twice changes nothing.

  GHOST_ADMIN_KEY=… lector connect ghost -site havana -url https://reader.example
  lector connect ghost -site havana -url https://reader.example -key-file key -backfill
  lector connect wordpress -plugin lector.php
  WORDPRESS_APP_PASSWORD=… lector connect wordpress -site havana -url https://reader.example -user ada

Ghost. The key is the Admin API key of a custom integration: Ghost, Settings,
Integrations, Add custom integration. It comes from GHOST_ADMIN_KEY or a file,
never from a flag. Webhooks are signed with the first secret of
sites.NAME.hooks.ghost; where there is none, one is made in the data directory.

What is published already is read with -backfill, which says what it costs and
asks before; without it only the cost is told.

WordPress. -plugin writes the plugin, for wp-content/mu-plugins. The password is an
application password of an administrator: Users, Profile, Application Passwords. It
comes from WORDPRESS_APP_PASSWORD or a file. The plugin is asked to send a message
here, so that signature and way are seen to be right.`

// connectFlags are the flags of lector connect.
type connectFlags struct {
	site, url, keyFile, target    string
	user, plugin                  string
	private, backfill, yes, plain bool
}

// client is for the answers of a CMS, which are larger than pages.
func (f connectFlags) client() fetch.Client {
	c := byFlag(f.private)
	c.MaxSize = 32 << 20
	return c
}

func (f *connectFlags) add(fs *flag.FlagSet) {
	fs.StringVar(&f.site, "site", "", "the `NAME` of the site (default the only one configured)")
	fs.StringVar(&f.url, "url", "", "the `ADDRESS` of the CMS (default the site's url)")
	fs.StringVar(&f.keyFile, "key-file", "", "read the Admin API key or the application password from `FILE` instead of the environment")
	fs.StringVar(&f.user, "user", "", "the `NAME` of the administrator of WordPress whose application password it is")
	fs.StringVar(&f.plugin, "plugin", "", "write the plugin for WordPress into `FILE`, and do nothing else")
	fs.StringVar(&f.target, "to", "", "have webhooks sent to this `ADDRESS` of Lector, where the CMS does not reach public_url")
	fs.BoolVar(&f.private, "allow-private", false, allowPrivateHelp)
	fs.BoolVar(&f.backfill, "backfill", false, "read what is published already, in the lane backfill")
	fs.BoolVar(&f.plain, "no-estimate", false, "do not look at what is published already")
	fs.BoolVar(&f.yes, "yes", false, "do not ask before the backfill")
}

func (a *app) connect(ctx context.Context, args []string) error {
	fs := a.flags("connect")
	set := a.settings(fs)
	var f connectFlags
	f.add(fs)
	words, err := a.parse(fs, args)
	if err != nil {
		return err
	}
	if len(words) != 1 || words[0] != "ghost" && words[0] != "wordpress" {
		return usageErrorf("connect wants the kind of CMS: ghost or wordpress")
	}
	if f.plugin != "" {
		return a.writePlugin(f.plugin)
	}
	c, err := a.load(set)
	if err != nil {
		return err
	}
	if words[0] == "wordpress" {
		return a.connectWordPress(ctx, c, f)
	}
	g, err := a.newGhostConnection(c, f)
	if err != nil {
		return err
	}
	return g.run(ctx)
}

// ghostConnection connects one Ghost to one site.
type ghostConnection struct {
	*app
	connectFlags
	config *config
	site   siteConfig
	admin  *ghost.Admin
	target string // where Ghost sends its webhooks
	secret string
	file   string // that was made for the secret; empty: lector.yaml names one
}

func (a *app) newGhostConnection(c *config, f connectFlags) (*ghostConnection, error) {
	g := &ghostConnection{app: a, connectFlags: f, config: c}
	if g.connectFlags.site == "" {
		g.connectFlags.site = c.onlySite()
	}
	var err error
	if g.site, err = c.site(g.connectFlags.site); err != nil {
		return nil, err
	}
	if g.url = cmp.Or(g.url, g.site.URL); g.url == "" {
		return nil, usageErrorf("-url is missing: the address of Ghost")
	}
	key, err := a.ghostKey(f.keyFile)
	if err != nil {
		return nil, err
	}
	if g.admin, err = ghost.NewAdmin(f.client(), g.url, key); err != nil {
		return nil, usageError{err}
	}
	g.target = strings.TrimSuffix(cmp.Or(f.target, c.publicURL()), "/") + "/hooks/ghost/" + g.connectFlags.site
	return g, g.findSecret()
}

// ghostKey reads the Admin API key.
func (a *app) ghostKey(file string) (string, error) {
	key, err := a.secret("GHOST_ADMIN_KEY")
	if file != "" {
		var data []byte
		data, err = os.ReadFile(file)
		key = string(data)
	}
	if err == nil && strings.TrimSpace(key) == "" {
		err = usageError{lector.Hint(errors.New("there is no Admin API key"), "set GHOST_ADMIN_KEY, or name a file with -key-file")}
	}
	return key, err
}

// findSecret takes the first secret of the settings, or that of an earlier connect, or
// makes one.
func (g *ghostConnection) findSecret() (err error) {
	g.secret, g.file, err = g.hookSecret(g.config, g.connectFlags.site, "ghost")
	return err
}

// hookSecret returns the secret that a CMS is to sign with: the first of the settings,
// else one in a file of the data directory, which is made once.
func (a *app) hookSecret(c *config, site, source string) (secret, file string, err error) {
	if hook := c.Sites[site].Hooks[source]; len(hook.Secrets) > 0 {
		secret, err = hook.Secrets[0].read(a)
		return secret, "", err
	}
	if file, err = filepath.Abs(filepath.Join(c.Data, "hooks", source+"-"+site)); err != nil {
		return "", "", err
	}
	secret, err = (secretSource{File: file}).read(a)
	if errors.Is(err, fs.ErrNotExist) {
		secret, err = makeSecret(file)
	}
	return secret, file, err
}

// makeSecret writes a new secret into a file.
func makeSecret(file string) (string, error) {
	random := make([]byte, 32)
	_, _ = rand.Read(random) // it never fails
	secret := base64.StdEncoding.EncodeToString(random)
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return "", err
	}
	return secret, os.WriteFile(file, []byte(secret+"\n"), 0o600)
}

func (g *ghostConnection) run(ctx context.Context) error {
	for _, step := range []func(context.Context) error{g.checkGhost, g.checkKey, g.checkTarget, g.addWebhooks, g.explain, g.offerBackfill} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

// maxSkew is how far the clocks may be apart: signatures hold for five minutes.
const maxSkew = 2 * time.Minute

// checkGhost asks who answers at the address, and what time it is there.
func (g *ghostConnection) checkGhost(ctx context.Context) error {
	site, err := g.admin.Site(ctx)
	if err != nil {
		return lector.Hint(fmt.Errorf("connect to Ghost at %s: %w", g.url, err), "%s",
			cmp.Or(lector.HintOf(err), "-url is the address of the site as readers see it, or of its admin area"))
	}
	fmt.Fprintf(g.stdout, "Ghost %s: %s at %s\n", site.Version, oneLine(site.Title), oneLine(site.URL))
	if site.Time.IsZero() {
		return nil
	}
	skew := time.Since(site.Time).Round(time.Second)
	if skew.Abs() > maxSkew {
		return lector.Hint(fmt.Errorf("the clock of Ghost is %s away from ours", skew.Abs()),
			"set the clocks of both machines by NTP: webhooks count for five minutes")
	}
	fmt.Fprintf(g.stdout, "clock: %s apart\n", skew.Abs())
	return nil
}

func (g *ghostConnection) checkKey(ctx context.Context) error {
	_, _, total, err := g.admin.Page(ctx, "posts", "status:published", "id asc", 1)
	var refused *ghost.Refusal
	if errors.As(err, &refused) && (refused.Status == 401 || refused.Status == 403) {
		return lector.Hint(fmt.Errorf("the key does not open it: %w", err),
			"it is the Admin API key of a custom integration of this Ghost, not the Content API key")
	}
	if err == nil {
		fmt.Fprintf(g.stdout, "key: good; %s published\n", lector.Plural(total, "post"))
	}
	return err
}

// checkTarget says whether Ghost will call the address: in production it refuses those
// of its own machine and network.
func (g *ghostConnection) checkTarget(ctx context.Context) error {
	u, err := url.Parse(g.target)
	if err != nil {
		return err
	}
	if own, err := url.Parse(g.url); err == nil && own.Host == u.Host { // which Ghost excepts
		return nil
	}
	addresses, err := net.DefaultResolver.LookupNetIP(ctx, "ip", u.Hostname())
	if err != nil {
		return lector.Hint(fmt.Errorf("webhooks to %s: %w", g.target, err), "set public_url to where Ghost reaches Lector, or use -to")
	}
	if !slices.ContainsFunc(addresses, fetch.IsPrivate) {
		return nil
	}
	refuses, err := g.admin.RefusesPrivate(ctx)
	if err != nil || !refuses {
		return err
	}
	fmt.Fprintf(g.stdout, "warning: %s is a private address, to which this Ghost sends nothing (URL_PRIVATE_INVALID) and says so nowhere. Either\n"+
		"  put \"security\": {\"allowWebhookInternalIPs\": true} into Ghost's config.production.json and restart it, or\n"+
		"  have the web server of the site pass /hooks/ on to Lector, and use -to %s, or\n"+
		"  set public_url to an address on the internet.\n", u.Host, strings.TrimSuffix(g.url, "/"))
	return nil
}

func (g *ghostConnection) addWebhooks(ctx context.Context) error {
	added := 0
	for _, event := range ghost.Events {
		fresh, err := g.admin.AddWebhook(ctx, event, g.target, g.secret)
		if err != nil {
			return fmt.Errorf("webhook for %s: %w", event, err)
		}
		if fresh {
			added++
		}
	}
	fmt.Fprintf(g.stdout, "webhooks to %s: %d added, %d were there\n", g.target, added, len(ghost.Events)-added)
	return nil
}

// explain prints what is left for a person to do.
func (g *ghostConnection) explain(context.Context) error {
	cms := fmt.Sprintf("cms: {ghost: {url: %q, key: %s}}", g.url, keptSecret(g.keyFile, "GHOST_ADMIN_KEY"))
	g.printSettings(g.connectFlags, g.site, hookSetting("ghost", g.file), cms)
	fmt.Fprintf(g.stdout, "\nPut this into Ghost: Settings, Code injection, Site footer:\n\n%s\n", ghostFooter(g.config.publicURL()))
	return nil
}

// hookSetting is the setting of a hook whose secret is in a file that was made for it; of
// one that lector.yaml has already it is "".
func hookSetting(source, file string) string {
	if file == "" {
		return ""
	}
	return fmt.Sprintf("hooks: {%s: {secrets: [{file: %q}]}}", source, file)
}

// keptSecret is how lector.yaml names a secret that this command read from a file, or from
// a variable.
func keptSecret(file, variable string) string {
	if file == "" {
		return "{env: " + variable + "}"
	}
	if full, err := filepath.Abs(file); err == nil {
		file = full
	}
	return fmt.Sprintf("{file: %q}", file)
}

// printSettings prints what lector.yaml lacks: the hook, and the CMS, with which Lector
// compares what is heard.
func (a *app) printSettings(f connectFlags, site siteConfig, hook, cms string) {
	lines := []string{}
	if hook != "" {
		lines = append(lines, hook)
	}
	if !site.hasSource() {
		lines = append(lines, cms)
		if f.private && !site.AllowPrivate {
			lines = append(lines, "allow_private: true")
		}
	}
	if len(lines) == 0 {
		return
	}
	fmt.Fprintf(a.stdout, "\nPut this into lector.yaml, and restart Lector:\n\n  sites:\n    %s:\n      %s\n", f.site,
		strings.Join(lines, "\n      "))
	if !site.hasSource() {
		fmt.Fprint(a.stdout, "\nBy cms Lector compares what is published with what is heard, each minute and each night,\nand heals what webhooks have lost.\n")
	}
}

// ghostFooter puts the frame of an article's player before its text. The canonical
// address is what oEmbed finds the article by; where it has no audio, nothing is put, nor
// where the page has a player or the post its own line for it.
func ghostFooter(public string) string {
	return `<script type="module">
const at = !document.querySelector("audio-article, script[data-lector]") && document.querySelector("` + ghost.TextSelector + `");
const url = document.querySelector("link[rel=canonical]")?.href;
const answer = at && url && await fetch("` + html.EscapeString(strings.TrimSuffix(public, "/")) + `/oembed?url=" + encodeURIComponent(url));
if (answer?.ok) at.insertAdjacentHTML("beforebegin", (await answer.json()).html);
</script>`
}

package main

import (
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"lector"
	plugin "lector/infra/deploy/wordpress"
	"lector/publisher/intake/webhook"
	"lector/publisher/intake/wordpress"
)

// writePlugin writes the plugin into a file.
func (a *app) writePlugin(name string) error {
	if err := os.WriteFile(name, plugin.Plugin, 0o644); err != nil {
		return err
	}
	fmt.Fprintf(a.stdout, "%s is written: put it into wp-content/mu-plugins of WordPress\n", name)
	return nil
}

// wordPressConnection connects one WordPress to one site.
type wordPressConnection struct {
	*app
	connectFlags
	config *config
	source *wordpress.Source
	secret string
	file   string // that was made for the secret; empty: lector.yaml names one
	about  wordpress.About
}

func (a *app) connectWordPress(ctx context.Context, c *config, f connectFlags) error {
	w := &wordPressConnection{app: a, connectFlags: f, config: c}
	w.site = cmp.Or(w.site, c.onlySite())
	site, err := c.site(w.site)
	if err != nil {
		return err
	}
	w.url = strings.TrimSuffix(cmp.Or(w.url, site.URL), "/")
	switch err := lector.CheckAddress(w.url); {
	case w.url == "":
		return usageErrorf("-url is missing: the address of WordPress")
	case err != nil:
		return usageError{fmt.Errorf("-url: %w", err)}
	case w.user == "":
		return usageErrorf("-user is missing: an administrator of WordPress")
	}
	password, err := a.appPassword(f.keyFile)
	if err != nil {
		return err
	}
	w.source = &wordpress.Source{Web: f.client(), URL: w.url, User: w.user,
		Password: password}
	if w.secret, w.file, err = a.hookSecret(c, w.site, "wordpress"); err != nil {
		return err
	}
	for _, step := range []func(context.Context) error{w.checkAddress, w.checkLogin, w.explain, w.checkPlugin} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

// appPassword reads the application password.
func (a *app) appPassword(file string) (string, error) {
	password, err := a.secret("WORDPRESS_APP_PASSWORD")
	if file != "" {
		var data []byte
		data, err = os.ReadFile(file)
		password = string(data)
	}
	if password = strings.TrimSpace(password); err == nil && password == "" {
		err = usageError{lector.Hint(errors.New("there is no application password"),
			"set WORDPRESS_APP_PASSWORD, or name a file with -key-file")}
	}
	return password, err
}

// checkAddress asks who answers at the address, and what time it is there.
func (w *wordPressConnection) checkAddress(ctx context.Context) (err error) {
	if w.about, err = w.source.About(ctx); err != nil {
		return lector.Hint(fmt.Errorf("WordPress at %s: %w", w.url, err), "%s",
			cmp.Or(lector.HintOf(err), "-url is the address of the site as readers see it"))
	}
	if u, err := url.Parse(w.url); err == nil && w.about.Host != "" && w.about.Host != u.Host {
		return lector.Hint(fmt.Errorf("%s leads to %s, where the login would not be sent", w.url, w.about.Host), "use -url with that host")
	}
	fmt.Fprintf(w.stdout, "WordPress: %s at %s\n", oneLine(w.about.Name), oneLine(w.about.URL))
	skew := time.Since(w.about.Time).Round(time.Second)
	if skew.Abs() > maxSkew {
		return lector.Hint(fmt.Errorf("the clock of WordPress is %s away from ours", skew.Abs()),
			"set the clocks of both machines by NTP: webhooks count for five minutes")
	}
	fmt.Fprintf(w.stdout, "clock: %s apart\n", skew.Abs())
	return nil
}

func (w *wordPressConnection) checkLogin(ctx context.Context) error {
	name, administrator, err := w.source.Login(ctx)
	var refused *wordpress.Refusal
	switch {
	case errors.As(err, &refused) && (refused.Status == http.StatusUnauthorized || refused.Status == http.StatusForbidden):
		return lector.Hint(fmt.Errorf("the application password does not open it: %w", err), "%s", lector.HintOf(err))
	case err != nil:
		return err
	case !administrator:
		return lector.Hint(fmt.Errorf("%s is no administrator", w.user),
			"the plugin is tested for administrators only; the login is used for nothing else")
	}
	fmt.Fprintf(w.stdout, "login: good, %s\n", oneLine(name))
	return nil
}

// explain prints what is left for a person to do.
func (w *wordPressConnection) explain(context.Context) error {
	secret := "the first secret of sites." + w.site + ".hooks.wordpress"
	if w.file != "" {
		secret = "the content of " + w.file
	}
	cms := fmt.Sprintf("cms: {wordpress: {url: %q, user: %q, password: %s}}", w.url, w.user,
		keptSecret(w.keyFile, "WORDPRESS_APP_PASSWORD"))
	w.printSettings(w.connectFlags, w.config.Sites[w.site], hookSetting("wordpress", w.file), cms)
	fmt.Fprintf(w.stdout, `
Put this into wp-config.php of WordPress, above the line that requires wp-settings.php:

define( 'LECTOR_URL', '%s' );
define( 'LECTOR_SITE', '%s' );
define( 'LECTOR_SECRET', '…' ); // %s
define( 'LECTOR_INSERT', 'new' ); // the player above the text of new articles

`, strings.TrimSuffix(w.config.publicURL(), "/"), w.site, secret)
	if !w.about.Plugin {
		fmt.Fprint(w.stdout, "Put the plugin into wp-content/mu-plugins of WordPress: lector connect wordpress -plugin lector.php writes it.\n\n")
	}
	return nil
}

// checkPlugin has the plugin send a message, and looks at its signature and its way.
func (w *wordPressConnection) checkPlugin(ctx context.Context) error {
	again := "do what is said above, and run this again"
	if !w.about.Plugin {
		return lector.Hint(errors.New("the plugin is not there yet"), "%s", again)
	}
	p, err := w.source.TestPlugin(ctx)
	if err != nil {
		return fmt.Errorf("test of the plugin: %w", err)
	}
	fmt.Fprintf(w.stdout, "plugin: %s, WordPress %s, PHP %s, post types %s\n", oneLine(p.Version), oneLine(p.WordPress),
		oneLine(p.PHP), oneLine(strings.Join(p.PostTypes, ", ")))
	switch {
	case !p.Configured || p.Sent == nil:
		return lector.Hint(errors.New("the plugin lacks LECTOR_URL, LECTOR_SITE or LECTOR_SECRET"), "%s", again)
	case p.Site != w.site:
		return lector.Hint(fmt.Errorf("the plugin sends for the site %q, not %q", p.Site, w.site), "LECTOR_SITE is its name in lector.yaml")
	case !w.signs(*p.Sent):
		return lector.Hint(errors.New("the plugin signs with another secret"), "LECTOR_SECRET must be %s",
			cmp.Or(w.file, "that of lector.yaml"))
	}
	fmt.Fprintln(w.stdout, "signature: right")
	return w.deliveryError(p)
}

// signs reports whether a message is signed with one of the secrets that hold.
func (w *wordPressConnection) signs(m wordpress.Sent) bool {
	secrets, _ := w.hookSecrets(w.config.Sites[w.site].Hooks["wordpress"].Secrets) // those that cannot be read hold nothing
	return slices.ContainsFunc(append(secrets, w.secret), func(secret string) bool {
		key, err := webhook.Headers{}.Key(secret)
		if err != nil {
			return false
		}
		mac := hmac.New(sha256.New, key)
		mac.Write([]byte(m.ID + "." + m.Timestamp + "." + m.Body))
		return hmac.Equal([]byte(m.Signature), []byte("v1,"+base64.StdEncoding.EncodeToString(mac.Sum(nil))))
	})
}

// deliveryError reports whether Lector has accepted the message of the plugin, and else why
// not.
func (w *wordPressConnection) deliveryError(p wordpress.Plugin) error {
	answer := fmt.Errorf("answer of Lector to the plugin: %d %s", p.Sent.Code, oneLine(p.Sent.Text))
	switch p.Sent.Code {
	case http.StatusAccepted:
		fmt.Fprintf(w.stdout, "way: a message of the plugin has arrived; %d wait\n\nConnected: what is published from now on is heard.\n", p.Pending)
		return nil
	case 0:
		return lector.Hint(fmt.Errorf("WordPress does not reach Lector at %s: %s", p.URL, oneLine(p.Sent.Text)),
			"is Lector running? If WordPress reaches it elsewhere, set LECTOR_HOOKS_URL")
	case http.StatusNotFound:
		return lector.Hint(answer, "put the lines above into lector.yaml and restart Lector; or another program answers at %s", p.URL)
	case http.StatusUnauthorized:
		return lector.Hint(answer, "the Lector that runs has another secret than lector.yaml: restart it")
	}
	return lector.Hint(answer, "%s is where the plugin sends to: does Lector answer there?", p.URL)
}

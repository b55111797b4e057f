package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"lector"
	"lector/worker/extract"
	"lector/worker/script"
)

const publishHelp = `Puts an article event on NATS, as a CMS does. FILE is a CMS body or a whole
page (.html), plain text, or an article as JSON in the fields of the event
schema; - is standard input. What the flags leave out is taken from the file.

  lector publish article.html
  lector publish -site havana -id 4711 -title "Storm warning" -wait body.html

Publishing the same id again is an update; what did not change is not spoken
again. With -wait the command returns when the audio is there, and fails when
it cannot be made. It says what the article waits for meanwhile, such as a lane
that is paused or a budget that is used up.

An article that is larger than the NATS server takes goes into the store, and the
event refers to it: for that the settings must name the store of the workers.`

// publishFlags are what a CMS would state about the article.
type publishFlags struct {
	article  lector.Article
	cover    string
	authors  string
	updated  bool
	lane     string
	wait     bool
	timeout  time.Duration
	asJSON   bool
	siteName string
	private  bool
}

func (p *publishFlags) add(fs *flag.FlagSet) {
	p.describe(fs)
	fs.StringVar((*string)(&p.article.Visibility), "visibility", "", "public, members or paid (default public)")
	fs.BoolVar(&p.updated, "updated", false, "announce an update instead of a publication")
	fs.StringVar(&p.lane, "lane", "", "the `LANE` to stand in: breaking (before all others), normal, or backfill (when nothing else waits)")
	p.addWait(fs)
}

// describe adds the flags that say what the article is.
func (p *publishFlags) describe(fs *flag.FlagSet) {
	a := &p.article
	fs.StringVar(&p.siteName, "site", "", "the `NAME` of the article's site (default the only one configured)")
	fs.StringVar(&a.ID, "id", "", "the CMS's `ID` of the article (default the file's name)")
	fs.StringVar(&a.Revision, "revision", "", "the `NAME` of this state of the article (default a hash of it)")
	fs.StringVar(&a.Title, "title", "", "`TEXT` of the headline")
	fs.StringVar(&p.authors, "authors", "", "`NAMES` of the authors, separated by commas")
	fs.StringVar(&a.URL, "url", "", "`ADDRESS` of the article")
	fs.StringVar(&p.cover, "cover", "", "`FILE` of the cover, JPEG or PNG")
	fs.StringVar(&a.Section, "section", "", "`NAME` of the section")
	fs.StringVar(&a.Language, "language", "", "`TAG` of the language, such as en or uk")
	fs.BoolVar(&p.private, "allow-private", false, allowPrivateHelp)
}

func (p *publishFlags) addWait(fs *flag.FlagSet) {
	fs.BoolVar(&p.wait, "wait", false, "wait until the job is at rest")
	fs.DurationVar(&p.timeout, "timeout", 10*time.Minute, "with -wait: give up after `DURATION`")
	fs.BoolVar(&p.asJSON, "json", false, "print the job as JSON")
}

func (a *app) publish(ctx context.Context, args []string) (err error) {
	fs := a.flags("publish")
	set := a.settings(fs)
	var p publishFlags
	p.add(fs)
	files, err := a.parse(fs, args)
	if err != nil {
		return err
	}
	if len(files) != 1 {
		return usageErrorf("publish wants one FILE, or - for standard input")
	}
	c, err := a.load(set)
	if err != nil {
		return err
	}
	e, err := a.eventOf(ctx, c, p, files[0])
	if err != nil {
		return err
	}
	return a.send(ctx, c, p, e)
}

// eventOf makes the event of a file.
func (a *app) eventOf(ctx context.Context, c *config, p publishFlags, name string) (lector.ArticleEvent, error) {
	lane, err := lector.ParseLane(p.lane)
	if err != nil {
		return lector.ArticleEvent{}, usageError{err}
	}
	article, err := a.articleOf(ctx, c, p, name)
	if err != nil {
		return lector.ArticleEvent{}, err
	}
	kind := lector.Published
	if p.updated {
		kind = lector.Updated
	}
	e := newEvent(kind, article)
	e.Lane = lane
	return e, nil
}

// newEvent is one announcement by this program: each call is a new one.
func newEvent(kind lector.EventType, article lector.Article) lector.ArticleEvent {
	if article.Revision == "" && !kind.Withdraws() {
		article.Revision = article.Fingerprint()
	}
	now := time.Now().UTC()
	return lector.ArticleEvent{
		ID: fmt.Sprintf("%s-%d", article.Key(), now.UnixNano()), Source: "lector", Type: kind, Time: now, Article: article,
	}
}

// articleOf makes an article of the flags and a file, an address or standard
// input.
func (a *app) articleOf(ctx context.Context, c *config, p publishFlags, name string) (lector.Article, error) {
	data, err := a.readSource(ctx, name, byFlag(p.private))
	if err != nil {
		return lector.Article{}, err
	}
	article, err := p.complete(c, name, data)
	if err != nil {
		return lector.Article{}, err
	}
	if article.Language == "" {
		article.Language = c.likelyLanguage(article)
	}
	if p.cover != "" {
		if article.Image, err = dataURI(p.cover); err != nil {
			return lector.Article{}, err
		}
	}
	_, err = c.site(article.Site)
	return article, err
}

// likelyLanguage is the language that the text of an article looks like which states
// none, as in lector script; "" where nothing speaks for one, or its page states one.
func (c *config) likelyLanguage(a lector.Article) string {
	page, err := extract.Article(a, c.Sites[a.Site].Rules)
	if err != nil || page.Language != "" { // the error is found again
		return ""
	}
	return script.Guess(page)
}

// dataURI makes a data URI (RFC 2397) of a picture.
func dataURI(name string) (string, error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return "", fmt.Errorf("cover: %w", err)
	}
	const most = 500 << 10 // an event must pass the broker
	if len(data) > most {
		return "", lector.Hint(fmt.Errorf("cover: %s has %d bytes, at most %d", name, len(data), most), "make the picture smaller")
	}
	return "data:" + http.DetectContentType(data) + ";base64," + base64.StdEncoding.EncodeToString(data), nil
}

// complete makes an article of the flags and the file: a JSON file is one, all
// else is a body. A file without readable text is refused here, before it is published.
func (p publishFlags) complete(c *config, name string, data []byte) (lector.Article, error) {
	article := lector.Article{Body: lector.Body{ContentType: bodyType(data), Content: string(data)}, UpdatedAt: time.Now().UTC()}
	if strings.HasPrefix(strings.TrimSpace(string(data)), "{") {
		var err error
		if article, err = articleJSON(data); err != nil {
			return article, fmt.Errorf("%s: %w", name, err)
		}
	}
	if _, err := extract.File(name, data, extract.Rules{}); err != nil && !errors.Is(err, extract.ErrNotPublic) {
		return lector.Article{}, err
	}
	p.override(&article)
	p.fill(c, name, &article)
	return article, nil
}

// articleJSON reads an article, or a whole event with the article as its data.
func articleJSON(data []byte) (lector.Article, error) {
	var article lector.Article
	event := struct {
		Data *lector.Article `json:"data"`
	}{}
	err := json.Unmarshal(data, &event)
	switch {
	case err != nil:
	case event.Data != nil:
		article = *event.Data
	default:
		err = json.Unmarshal(data, &article)
	}
	if err == nil && article.Body.Content == "" {
		err = errors.New("it has no body with content")
	}
	if err != nil {
		return article, lector.Hint(fmt.Errorf("not an article in JSON: %w", err), "see the event schema in infra/schema; other JSON is read by lector script only")
	}
	return article, nil
}

// override gives the flags precedence over the file.
func (p publishFlags) override(article *lector.Article) {
	said := p.article
	for into, flag := range map[*string]string{
		&article.ID: said.ID, &article.Revision: said.Revision, &article.Title: said.Title, &article.URL: said.URL,
		&article.Section: said.Section, &article.Language: said.Language,
	} {
		*into = cmp.Or(flag, *into)
	}
	article.Visibility = cmp.Or(said.Visibility, article.Visibility)
}

// bodyType tells HTML from plain text: text that merely mentions a tag has no
// closing one.
func bodyType(data []byte) string {
	if bytes.Contains(data, []byte("</")) || bytes.Contains(data, []byte("<p")) {
		return lector.HTML
	}
	return lector.Plain
}

func (p publishFlags) fill(c *config, name string, article *lector.Article) {
	if p.siteName != "" {
		article.Site = p.siteName
	}
	if article.Site == "" {
		article.Site = c.onlySite()
	}
	if article.ID == "" {
		article.ID = strings.TrimSuffix(filepath.Base(name), filepath.Ext(name))
	}
	if p.authors != "" {
		article.Authors = nil
		for author := range strings.SplitSeq(p.authors, ",") {
			article.Authors = append(article.Authors, strings.TrimSpace(author))
		}
	}
	if article.Visibility == "" {
		article.Visibility = lector.Public
	}
}

// onlySite is the site to mean when none is named.
func (c *config) onlySite() string {
	if len(c.Sites) == 1 {
		return joinKeys(c.Sites)
	}
	return ""
}

// send publishes the event and says what became of it.
func (a *app) send(ctx context.Context, c *config, p publishFlags, e lector.ArticleEvent) (err error) {
	h := a.resources(c)
	defer h.close(&err)
	conn, err := h.nats("cms")
	if err != nil {
		return err
	}
	sequence, err := h.publishTraced(ctx, conn, e)
	if err != nil {
		return err
	}
	if e.Type.Withdraws() && e.Replay == "" {
		a.note(ctx, conn, lector.AuditEntry{Action: "unpublish", Target: e.Article.Site + " " + e.Article.Key()})
	}
	if !p.wait {
		return a.accepted(p, e, sequence)
	}
	ledger, err := conn.JobStore(ctx)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, p.timeout)
	defer cancel()
	stop := a.sayWaitReason(ctx, c, conn, e.Article)
	j, err := awaitJob(ctx, ledger, conn, e, sequence)
	stop()
	if err != nil {
		return p.waitError(err, e.Article.Key())
	}
	return a.printOutcome(c, p.asJSON, j, sequence)
}

// waitError says why a wait has ended before the job.
func (p publishFlags) waitError(err error, job string) error {
	const hint = "it goes on by itself; lector why %s says what it waits for"
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return lector.Hint(fmt.Errorf("job %s is not done after %s", job, p.timeout), hint, job)
	case errors.Is(err, context.Canceled):
		return lector.Hint(fmt.Errorf("job %s is not done, and the wait was interrupted: %w", job, err), hint, job)
	}
	return err
}

func (a *app) accepted(p publishFlags, e lector.ArticleEvent, sequence uint64) error {
	if p.asJSON {
		return a.printJSON(map[string]any{
			"id": e.Article.Key(), "site": e.Article.Site, "article": e.Article.ID,
			"revision": e.Article.Revision, "sequence": sequence,
		})
	}
	fmt.Fprintf(a.stdout, "accepted: job %s, event %d; lector jobs show %s tells what becomes of it\n", e.Article.Key(), sequence, e.Article.Key())
	return nil
}

const unpublishHelp = `Announces that an article is withdrawn: its audio, player and manifest go away,
and no job in flight can bring them back. ID is the CMS's id of the article or
the id of its job.

  lector unpublish -wait 4711`

func (a *app) unpublish(ctx context.Context, args []string) error {
	fs := a.flags("unpublish")
	set := a.settings(fs)
	var p publishFlags
	fs.StringVar(&p.siteName, "site", "", "the article's `NAME` of a site (default the only one configured)")
	deleted := fs.Bool("deleted", false, "announce that the article was deleted, not only withdrawn")
	p.addWait(fs)
	ids, err := a.parse(fs, args)
	if err != nil {
		return err
	}
	if len(ids) != 1 {
		return usageErrorf("unpublish wants one article's ID")
	}
	c, err := a.load(set)
	if err != nil {
		return err
	}
	article, known, err := a.findArticle(ctx, c, p.siteName, ids[0])
	if err != nil {
		return err
	}
	if !known {
		fmt.Fprintf(a.stderr, "warning: no event of an article %q of site %s is known here; it is withdrawn in case one is under way\n",
			article.ID, article.Site)
	}
	kind := lector.Unpublished
	if *deleted {
		kind = lector.Deleted
	}
	return a.send(ctx, c, p, newEvent(kind, article))
}

// findArticle finds the article that an id means, and reports whether it has a job. An id
// without one is taken as the CMS's: a withdrawal may overtake the publication.
func (a *app) findArticle(ctx context.Context, c *config, site, id string) (article lector.Article, known bool, err error) {
	h := a.resources(c)
	defer h.close(&err)
	conn, err := h.nats("cms")
	if err != nil {
		return article, false, err
	}
	ledger, err := conn.JobStore(ctx)
	if err != nil {
		return article, false, err
	}
	j, err := findJob(ctx, ledger, site, id)
	switch {
	case err == nil:
		return lector.Article{Site: j.Site, ID: j.Article}, true, nil
	case !errors.Is(err, lector.ErrNotFound):
		return article, false, err
	}
	if site == "" {
		site = c.onlySite()
	}
	_, err = c.site(site)
	return lector.Article{Site: site, ID: id}, false, err
}

package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"text/tabwriter"
	"time"

	"lector"
	"lector/infra/nats"
	"lector/worker"
	"lector/worker/extract"
)

const eventHelp = `Reads an article event as a worker would, and says whether it is good, on which
subject it belongs and what would become of it with the settings here. It sends
nothing and needs no server.

  lector event check event.json
  cms-export 4711 | lector event check -json -

FILE is a CloudEvent as JSON: {"specversion": "1.0", "id": …, "source": …, "type":
"lector.article.published.v1", "data": {…}}. Exit code 1: it would become a dead
letter, or its text could not be read.`

func (a *app) event(ctx context.Context, args []string) error {
	fs := a.flags("event")
	set := a.settings(fs)
	asJSON := fs.Bool("json", false, "print JSON")
	words, err := a.parse(fs, args)
	if err != nil {
		return err
	}
	if len(words) != 2 || words[0] != "check" {
		return usageErrorf("event wants check and one FILE, or - for standard input")
	}
	c, err := a.load(set)
	if err != nil {
		return err
	}
	data, err := a.readEventFile(words[1])
	if err != nil {
		return err
	}
	r, fault := c.checkEvent(data)
	r.Notes = append(r.Notes, a.voiceNotes(ctx, c, r)...)
	switch {
	case *asJSON:
		err = a.printJSON(r)
	case fault == nil:
		err = a.printEvent(r)
	}
	return errors.Join(err, fault)
}

func (a *app) readEventFile(name string) ([]byte, error) {
	if name == "-" {
		return io.ReadAll(a.stdin)
	}
	return os.ReadFile(name)
}

// eventReport is what lector event check prints.
type eventReport struct {
	Good     bool     `json:"good"`
	Error    string   `json:"error,omitempty"`   // why it would be a dead letter
	Hint     string   `json:"hint,omitempty"`    // what to do about that
	Outcome  string   `json:"outcome,omitempty"` // what would become of it
	Type     string   `json:"type,omitempty"`
	Site     string   `json:"site,omitempty"`
	Article  string   `json:"article,omitempty"` // the CMS's id
	Title    string   `json:"title,omitempty"`
	Language string   `json:"language,omitempty"` // of a public text: that of the event, else the site's
	Revision string   `json:"revision,omitempty"` // as stated, else a hash of the content
	Lane     string   `json:"lane,omitempty"`
	Subject  string   `json:"subject,omitempty"` // to publish it on
	Notes    []string `json:"notes"`             // what is good to know
}

// checkEvent reads an event; the error is why it is no good one.
func (c *config) checkEvent(data []byte) (eventReport, error) {
	e, err := nats.DecodeEvent(data)
	if err == nil {
		err = c.checkEventSite(e.Article.Site)
	}
	if err != nil {
		if lector.HintOf(err) == "" {
			err = lector.Hint(err, "docs/publish.md has an event as it should be, and the rule of each field")
		}
		err = fmt.Errorf("this event would become a dead letter: %w", err)
		return eventReport{Error: err.Error(), Hint: lector.HintOf(err), Notes: []string{}}, err
	}
	a := e.Article
	outcome, err := outcomeOf(e, c.Sites[a.Site], time.Now())
	if err != nil {
		err = fmt.Errorf("this event would be taken, and fail: %w", err)
		return eventReport{Error: err.Error(), Hint: lector.HintOf(err), Notes: []string{}}, err
	}
	language := ""
	if !e.Type.Withdraws() && a.Visibility == lector.Public {
		language = cmp.Or(a.Language, c.Sites[a.Site].Language)
	}
	return eventReport{
		Language: language, Good: true, Outcome: outcome, Type: string(e.Type), Site: a.Site, Article: a.ID,
		Title: lector.DecodeReferences(a.Title), Revision: a.Revision,
		Lane: e.Lane.String(), Subject: lector.ArticleSubject(a.Site, a.Key()), Notes: notesOn(e, data),
	}, nil
}

func (c *config) checkEventSite(site string) error {
	if _, ok := c.Sites[site]; !ok {
		return lector.Hint(fmt.Errorf("unknown site %q", site), "the sites of lector.yaml are %s", joinKeys(c.Sites))
	}
	return nil
}

// outcomeOf is what a worker would do with an event of a site, as far as the event tells.
// The error is why its text cannot be read.
func outcomeOf(e lector.ArticleEvent, site siteConfig, now time.Time) (string, error) {
	switch {
	case e.Type == lector.Deleted:
		return "the audio is removed, and what the events said of the article is erased", nil
	case e.Type.Withdraws():
		return "the audio is removed", nil
	case e.Type == lector.Scheduled:
		return "it is spoken ahead, and public when it is published", nil
	case e.Article.Visibility != lector.Public && site.Rules.Teaser:
		return fmt.Sprintf("it is not public (visibility %q): audio that is there is removed, and what stands before its cut is read, if anything does", e.Article.Visibility), nil
	case e.Article.Visibility != lector.Public:
		return fmt.Sprintf("no audio, for it is not public (visibility %q); audio that is there is removed", e.Article.Visibility), nil
	}
	return publicOutcome(e.Article, site, now)
}

// publicOutcome is outcomeOf for a public article.
func publicOutcome(a lector.Article, site siteConfig, now time.Time) (string, error) {
	if reason := worker.Policy(site.Policy).Refusal(a); reason != "" {
		return "no audio: " + reason + "; audio that is there is removed", nil
	}
	if a.Body.Ref == "" {
		if _, err := extract.Article(a, site.Rules); err != nil {
			return "", err
		}
	}
	if a.PublishedAt.Sub(now) > worker.EmbargoGrace {
		return "it is spoken ahead, and its audio is public at " + a.PublishedAt.UTC().Format(time.RFC3339), nil
	}
	return "it is read, and its audio is public", nil
}

func (a *app) printEvent(r eventReport) error {
	w := tabwriter.NewWriter(a.stdout, 0, 0, 2, ' ', 0)
	for _, row := range [][2]string{
		{"good", r.Outcome}, {"type", r.Type}, {"article", r.Site + " / " + r.Article}, {"title", r.Title},
		{"revision", r.Revision}, {"lane", r.Lane}, {"subject", r.Subject},
	} {
		fmt.Fprintf(w, "%s\t%s\n", row[0], oneLine(row[1]))
	}
	for _, n := range r.Notes {
		fmt.Fprintf(w, "note\t%s\n", n)
	}
	return w.Flush()
}

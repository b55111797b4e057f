package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"lector"
	"lector/worker"
)

const narrateHelp = `Reads one article aloud, without a broker: writes NAME.mp3, NAME.vtt and
NAME.manifest.json into DIR. The clips are kept in the data directory, so that a
second run, or one after an edit, speaks only what is new.

  lector narrate -o out article.html
  lector narrate -o out https://paper.example/story`

// narrateReport is what narrate -json prints.
type narrateReport struct {
	MP3        string       `json:"mp3"`
	VTT        string       `json:"vtt"`
	Manifest   string       `json:"manifest"`
	Duration   float64      `json:"duration"`
	Characters lector.Usage `json:"characters"`
}

func (a *app) narrate(ctx context.Context, args []string) (err error) {
	fs := a.flags("narrate")
	set := a.settings(fs)
	var p publishFlags
	p.describe(fs)
	fs.BoolVar(&p.asJSON, "json", false, "print JSON")
	dir := fs.String("o", ".", "write into `DIR`, which is made where missing")
	files, err := a.parse(fs, args)
	if err != nil {
		return err
	}
	if len(files) != 1 {
		return usageErrorf("narrate wants one FILE or URL, or - for standard input")
	}
	c, err := a.load(set)
	if err != nil {
		return err
	}
	article, err := a.articleOf(ctx, c, p, files[0])
	if err != nil {
		return err
	}
	n, err := a.narrateArticle(ctx, c, article, fileName(article))
	if err != nil {
		return fmt.Errorf("%s: %w", files[0], err)
	}
	out, err := writeFiles(*dir, fileName(article), n)
	if err != nil {
		return err
	}
	return a.printNarrated(p.asJSON, out)
}

// narrateArticle makes the rendition with the clip cache of the data
// directory; its links are the names of the files beside each other.
func (a *app) narrateArticle(ctx context.Context, c *config, article lector.Article, name string) (n *worker.Narration, err error) {
	h := a.resources(c)
	defer h.close(&err)
	s, err := h.store(ctx)
	if err != nil {
		return nil, err
	}
	narrator, err := h.narrator(ctx, s)
	if err != nil {
		return nil, err
	}
	bar := a.progress()
	defer bar.end()
	plan, err := narrator.Prepare(ctx, article, bar.step)
	if err != nil {
		return nil, err
	}
	account := narrator.Account(article.Site, article.Key(), workerName())
	n, err = plan.Narrate(ctx, account, bar.step)
	if err := errors.Join(err, account.Close(ctx)); err != nil {
		return nil, err
	}
	n.Manifest.Links = linksNamed(name, n.Manifest.Links)
	return n, nil
}

// linksNamed returns the links of files that have the given name and not the
// rendition's hash.
func linksNamed(name string, links lector.Links) lector.Links {
	named := lector.NewLinks(name)
	named.Manifest, named.Article = name+".manifest.json", links.Article
	if links.Chapters != "" {
		named.Chapters = name + ".chapters.json"
	}
	return named
}

// fileName is a name for the files of an article.
func fileName(article lector.Article) string {
	name := strings.Map(func(r rune) rune {
		if strings.ContainsRune(`/\:*?"<>|`, r) || r < ' ' {
			return '-'
		}
		return r
	}, article.ID)
	if name = strings.Trim(name, ".- "); name == "" {
		return "article"
	}
	return name
}

// writeFiles writes the files of a rendition, each whole or not at all, the manifest
// last.
func writeFiles(dir, name string, n *worker.Narration) (narrateReport, error) {
	out := narrateReport{Duration: n.Manifest.Duration, Characters: n.Manifest.Usage}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return out, lector.Hint(err, "choose a directory that can be written with -o DIR")
	}
	files, err := n.Files()
	if err != nil {
		return out, err
	}
	for _, f := range files {
		path := filepath.Join(dir, name+f.Suffix)
		if err := writeAtomic(path, f.Content); err != nil {
			return out, lector.Hint(err, "is the disk full, or the directory not writable? Choose another with -o DIR")
		}
		switch f.Suffix {
		case ".mp3":
			out.MP3 = path
		case ".vtt":
			out.VTT = path
		case ".manifest.json":
			out.Manifest = path
		}
	}
	return out, nil
}

// writeAtomic writes a file beside its name and gives it the name when it is
// safely on disk.
func writeAtomic(path string, content []byte) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), ".lector-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(f.Name()) // the first error is the one to tell
		}
	}()
	_, err = f.Write(content)
	if err == nil {
		err = f.Chmod(0o644)
	}
	if err == nil {
		err = f.Sync()
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

func (a *app) printNarrated(asJSON bool, out narrateReport) error {
	if asJSON {
		return json.NewEncoder(a.stdout).Encode(out)
	}
	fmt.Fprintf(a.stdout, "%s\n%s\n%s\n%.1f seconds, %s\n", out.MP3, out.VTT, out.Manifest, out.Duration, out.Characters)
	return nil
}

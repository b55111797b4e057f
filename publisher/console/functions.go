package console

import (
	"fmt"
	"html/template"
	"net/url"
	"strconv"
	"strings"
	"time"

	"lector"
)

// functions are what the pages call.
var functions = template.FuncMap{
	"moment":  moment,
	"took":    took,
	"short":   shortID,
	"address": lector.WebAddress,
	"jobPath": jobPath,
	"rulePath": func(j lector.Job, rule string) string {
		return jobPath(j.Site, j.ID) + "/rule?" + url.Values{"rule": {rule}}.Encode()
	},
	"whyPath": func(site, article string) string {
		return "/why?" + url.Values{"site": {site}, "q": {article}}.Encode()
	},
	"listeningPath": listeningPath,
	"seconds":       func(d time.Duration) string { return fmt.Sprintf("%.2g s", d.Seconds()) },
	"brief":         brief,
	"size":          size,
	"count":         count,
	"plural":        lector.Plural,
	// query keeps the signs between names and values, which a template would encode.
	"query":       func(encoded string) template.URL { return template.URL(encoded) }, //nolint:gosec // made by url.Values.Encode
	"about":       about,
	"place":       func(i int) int { return i + 1 },
	"quarterName": func(i int) string { return [...]string{"¼", "½", "¾", "All"}[i] },
	"words":       func(name string) string { return strings.ReplaceAll(name, "_", " ") },
	"entryPath":   func(site string, e LexiconEntry) string { return "/lexicon/entry?" + e.query(site).Encode() },
	"choice":      func(kind, label string, names []string) choice { return choice{kind, label, names} },
}

// choice is a form that offers names of one kind.
type choice struct {
	Kind, Label string
	Names       []string
}

// moment is a time for a person; its machine-readable form stands beside it.
func moment(t time.Time) template.HTML {
	if t.IsZero() {
		return "–"
	}
	t = t.UTC()
	return template.HTML(fmt.Sprintf(`<time datetime="%s">%s</time>`, t.Format(time.RFC3339), t.Format("2 Jan 2006 15:04:05"))) //nolint:gosec // two forms of a time
}

// ago is how long ago something was, for a person.
func ago(d time.Duration) string {
	switch {
	case d < time.Minute:
		return "just now"
	case d < 100*time.Minute:
		return fmt.Sprintf("%d min ago", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%d h ago", int(d.Hours()))
	}
	return fmt.Sprintf("%d days ago", int(d.Hours()/24))
}

// took is how long an attempt took, or that it is under way.
func took(a lector.Attempt) string {
	if a.Ended.IsZero() {
		return "no end"
	}
	return a.Ended.Sub(a.Started).Round(time.Millisecond).String()
}

// briefLength is how many characters of a title are shown.
const briefLength = 160

// brief cuts a text that may be of any length.
func brief(text string) string { return cut(text, briefLength) }

// cut cuts a text that is longer than so many characters.
func cut(text string, most int) string {
	if r := []rune(text); len(r) > most {
		return string(r[:most]) + "…"
	}
	return text
}

// count is a number for a person.
func count(n int) string {
	text := strconv.Itoa(n)
	for at := len(text) - 3; at > 0 && text[at-1] != '-'; at -= 3 {
		text = text[:at] + "," + text[at:]
	}
	return text
}

// about is how long something takes, as far as that can be known before.
func about(seconds float64) string {
	switch {
	case seconds < 100:
		return fmt.Sprintf("%.0f s", seconds)
	case seconds < 100*60:
		return fmt.Sprintf("%.0f min", seconds/60)
	}
	return fmt.Sprintf("%.0f h", seconds/3600)
}

// size is a number of bytes for a person.
func size(bytes int) string {
	switch {
	case bytes < 1<<10:
		return fmt.Sprint(bytes, " bytes")
	case bytes < 1<<20:
		return fmt.Sprintf("%.1f KB", float64(bytes)/(1<<10))
	}
	return fmt.Sprintf("%.1f MB", float64(bytes)/(1<<20))
}

func jobPath(site, id string) string {
	return "/jobs/" + url.PathEscape(site) + "/" + url.PathEscape(id)
}

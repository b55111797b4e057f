package paper

import (
	"embed"
	"html/template"
	"sync"
	"time"
)

//go:embed pages/*.html
var pageFiles embed.FS

// pages are the site's templates.
var pages = sync.OnceValue(func() *template.Template {
	return template.Must(template.New("").Funcs(template.FuncMap{
		"date":    func(t time.Time) string { return t.Format("January 2, 2006") },
		"minutes": func(seconds float64) int { return max(1, int(seconds/60+0.5)) },
	}).ParseFS(pageFiles, "pages/*.html"))
})

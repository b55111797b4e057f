package console

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"lector"
)

// listenedArticle is one article and how it was listened to in the days that are shown.
type listenedArticle struct {
	lector.Listening
	Key, Article, Title string
}

// Share is how many of a hundred plays these are.
func (h listenedArticle) Share(n int) int { return share(n, h.Plays) }

func share(n, of int) int {
	if of == 0 {
		return 0
	}
	return (100*n + of/2) / of
}

// listening shows the articles of a site that were played most.
func (k *console) listening(r *http.Request) (view, error) {
	site, days, err := k.listeningQuery(r)
	if err != nil {
		return view{}, err
	}
	data := struct {
		Site     string
		Sites    []string
		Days     int
		Total    listenedArticle
		Articles []listenedArticle
		Pager    pager
		Counted  bool
	}{Site: site, Sites: k.Sites, Days: days, Counted: slices.Contains(k.Counted, site)}
	from := firstDay(k.Now(), days)
	for a, err := range k.Listening.SiteListening(r.Context(), site) {
		if err != nil {
			return view{}, err
		}
		if l := a.Since(from); l.Plays > 0 {
			data.Total.Add(l)
			data.Articles = append(data.Articles, listenedArticle{Listening: l, Key: a.Key})
		}
	}
	slices.SortFunc(data.Articles, func(a, b listenedArticle) int {
		return cmp.Or(cmp.Compare(b.Plays, a.Plays), cmp.Compare(a.Key, b.Key))
	})
	if data.Articles, data.Pager, err = cutOut(r.URL, data.Articles); err != nil {
		return view{}, err
	}
	for i := range data.Articles {
		k.name(r.Context(), site, &data.Articles[i])
	}
	return view{name: "listening", title: "Listening", goTo: data.Pager.anew, data: data}, nil
}

// name looks up what an article is called, and whether it is known. One whose record is gone has its key only.
func (k *console) name(ctx context.Context, site string, h *listenedArticle) (known bool) {
	j, _, err := k.Jobs.Job(ctx, site, h.Key)
	if err != nil {
		h.Article, h.Title = h.Key, h.Key
		return false
	}
	h.Article, h.Title = j.Article, cmp.Or(j.Title, j.Article)
	return true
}

// listeningQuery reads the site, by default the first, and for how many days.
func (k *console) listeningQuery(r *http.Request) (site string, days int, err error) {
	q := r.URL.Query()
	site, days = q.Get("site"), 7
	if site == "" && len(k.Sites) > 0 {
		site = k.Sites[0]
	}
	if !slices.Contains(k.Sites, site) {
		return "", 0, fmt.Errorf("%w: there is no site %q here", errInput, brief(site))
	}
	if given := q.Get("days"); given != "" {
		if days, err = strconv.Atoi(given); err != nil || days < 1 || days > 90 {
			return "", 0, fmt.Errorf("%w: days are 1 to 90", errInput)
		}
	}
	return site, days, nil
}

// firstDay is the first of so many days, today among them.
func firstDay(now time.Time, days int) time.Time { return now.UTC().AddDate(0, 0, 1-days) }

// partHeard is a part of an article's audio.
type partHeard struct {
	From, To int // in hundredths of the audio
	N, Share int // plays in which it has sounded
	Left     int // so many fewer heard the next
}

// articleListening shows where listeners of an article leave.
func (k *console) articleListening(r *http.Request) (view, error) {
	site, key := r.PathValue("site"), r.PathValue("id")
	a, err := k.Listening.ArticleListening(r.Context(), site, key)
	if err != nil {
		return view{}, err
	}
	h := listenedArticle{Listening: a.Since(time.Time{}), Key: key}
	if known := k.name(r.Context(), site, &h); !known && h.Plays == 0 {
		return view{}, fmt.Errorf("article %s: %w", brief(key), lector.ErrNotFound)
	}
	data := struct {
		listenedArticle
		Site  string
		All   []partHeard
		Days  []dayHeard
		Embed string
	}{listenedArticle: h, Site: site, All: partsHeard(h.Listening), Embed: k.Addresses.Embed(site, h.Article)}
	for day, l := range a.Days {
		data.Days = append(data.Days, dayHeard{day, listenedArticle{Listening: l}})
	}
	slices.SortFunc(data.Days, func(a, b dayHeard) int { return cmp.Compare(b.Day, a.Day) })
	return view{name: "heard", title: h.Title, data: data}, nil
}

type dayHeard struct {
	Day string
	listenedArticle
}

func partsHeard(l lector.Listening) (all []partHeard) {
	const step = 100 / lector.ListeningParts
	for i, n := range l.Parts {
		p := partHeard{From: i * step, To: (i + 1) * step, N: n, Share: min(100, share(n, l.Plays))}
		if i+1 < len(l.Parts) {
			p.Left = max(0, n-l.Parts[i+1])
		}
		all = append(all, p)
	}
	return all
}

func listeningPath(site, key string) string {
	return "/listening/" + url.PathEscape(site) + "/" + url.PathEscape(key)
}

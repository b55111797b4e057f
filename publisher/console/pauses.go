package console

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"lector"
	"lector/publisher/access"
)

func (k *console) pauseList(r *http.Request) (view, error) {
	all, err := k.Pauses.All(r.Context())
	return view{name: "pauses", title: "Pauses", topics: []string{topicPauses}, data: struct {
		permitted
		Pauses  []lector.Pause
		Choices choices
		Voices  []string
	}{permittedTo(r), all, k.choices(), k.Voices}}, err
}

// pauseOf reads what is meant. A name that is not configured would pause nothing,
// without a word.
func (k *console) pauseOf(r *http.Request) (lector.Pause, error) {
	p := lector.Pause{Kind: lector.PauseKind(r.PostFormValue("kind")), Name: r.PostFormValue("name")}
	known := map[lector.PauseKind][]string{
		lector.PauseLane: k.choices().Lanes, lector.PauseSite: k.Sites, lector.PauseVoice: k.Voices,
	}
	if !slices.Contains(known[p.Kind], p.Name) {
		return p, fmt.Errorf("%w: there is no %s %q here", errInput, brief(string(p.Kind)), brief(p.Name))
	}
	return p, nil
}

func (k *console) pause(r *http.Request) (view, error) {
	p, err := k.pauseOf(r)
	if err != nil {
		return view{}, err
	}
	all, err := k.Pauses.All(r.Context())
	if err != nil {
		return view{}, err
	}
	if slices.ContainsFunc(all, same(p)) {
		return view{}, pausedAlready(p)
	}
	p.Reason, p.Who, p.Since = brief(r.PostFormValue("reason")), access.Who(r.Context()).Name, k.Now().UTC()
	defer k.Live.Changed(topicPauses)
	err = k.do(r, pauseEntry("pause", p), func(ctx context.Context) error { return k.Pauses.Create(ctx, p) })
	if errors.Is(err, lector.ErrExists) {
		err = pausedAlready(p)
	}
	return view{goTo: "/pauses"}, err
}

// pausedAlready refuses to take over somebody else's pause.
func pausedAlready(p lector.Pause) error {
	return lector.Hint(fmt.Errorf("%w: somebody has paused %s %s already", errStale, p.Kind, p.Name),
		"the page Pauses says who, and why; who resumes it resumes it for all")
}

// same reports whether a pause is of the same thing as another one.
func same(p lector.Pause) func(lector.Pause) bool {
	return func(o lector.Pause) bool { return o.Kind == p.Kind && o.Name == p.Name }
}

func (k *console) resume(r *http.Request) (view, error) {
	p := lector.Pause{Kind: lector.PauseKind(r.PostFormValue("kind")), Name: r.PostFormValue("name")}
	all, err := k.Pauses.All(r.Context())
	if err != nil {
		return view{}, err
	}
	if !slices.ContainsFunc(all, same(p)) {
		_, err := k.pauseOf(r) // somebody else may have resumed it
		return view{goTo: "/pauses"}, err
	}
	defer k.Live.Changed(topicPauses)
	return view{goTo: "/pauses"}, k.do(r, pauseEntry("resume", p), func(ctx context.Context) error { return k.Pauses.Remove(ctx, p) })
}

func pauseEntry(action string, p lector.Pause) lector.AuditEntry {
	return lector.AuditEntry{Action: action, Target: string(p.Kind) + " " + p.Name, Detail: p.Reason}
}

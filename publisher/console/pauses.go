package console

import (
	"context"
	"fmt"
	"net/http"
	"slices"

	"lector"
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
	p.Reason, p.Since = brief(r.PostFormValue("reason")), k.Now().UTC()
	defer k.Live.Changed(topicPauses)
	return view{goTo: "/pauses"}, k.do(r, pauseEntry("pause", p), func(ctx context.Context) error { return k.Pauses.Set(ctx, p) })
}

func (k *console) resume(r *http.Request) (view, error) {
	p := lector.Pause{Kind: lector.PauseKind(r.PostFormValue("kind")), Name: r.PostFormValue("name")}
	all, err := k.Pauses.All(r.Context())
	if err != nil {
		return view{}, err
	}
	if !slices.ContainsFunc(all, func(o lector.Pause) bool { return o.Kind == p.Kind && o.Name == p.Name }) {
		_, err := k.pauseOf(r) // somebody else may have resumed it
		return view{goTo: "/pauses"}, err
	}
	defer k.Live.Changed(topicPauses)
	return view{goTo: "/pauses"}, k.do(r, pauseEntry("resume", p), func(ctx context.Context) error { return k.Pauses.Remove(ctx, p) })
}

func pauseEntry(action string, p lector.Pause) lector.AuditEntry {
	return lector.AuditEntry{Action: action, Target: string(p.Kind) + " " + p.Name, Detail: p.Reason}
}

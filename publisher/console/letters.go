package console

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"

	"lector"
)

func (k *console) letterList(r *http.Request) (view, error) {
	names := r.URL.Query()
	if err := checkNames(names, slices.Concat(places, []string{"class", "site", "text", "open"})...); err != nil {
		return view{}, err
	}
	w, err := newWindow[lector.DeadLetter](names)
	if err != nil {
		return view{}, err
	}
	q := lector.DeadLetterQuery{Site: names.Get("site"), Class: names.Get("class"), Text: names.Get("text")}
	openOnly := names.Get("open") != ""
	for l, err := range k.Letters.DeadLetters(r.Context(), q) {
		if err != nil {
			return view{}, err
		}
		if openOnly && l.Settled {
			continue
		}
		l.Data, l.Headers = nil, nil
		w.add(l.ID, l)
	}
	pages := w.pager(r.URL)
	return view{name: "deadletters", title: "Dead letters", goTo: pages.anew, topics: []string{topicDeadLetters}, data: struct {
		Query    lector.DeadLetterQuery
		Open     bool // only what is not settled
		Filtered bool
		Choices  choices
		Letters  []lector.DeadLetter
		Pager    pager
	}{q, openOnly, openOnly || q != lector.DeadLetterQuery{}, k.choices(), w.page(), pages}}, nil
}

func (k *console) letter(r *http.Request) (view, error) {
	id, err := letterID(r)
	if err != nil {
		return view{}, err
	}
	l, err := k.Letters.DeadLetter(r.Context(), id)
	if err != nil {
		return view{}, err
	}
	return view{name: "deadletter", title: fmt.Sprintf("Dead letter %d", id), data: struct {
		lector.DeadLetter
		permitted
		Data dataView
	}{l, permittedTo(r), newDataView(l.Data)}}, nil
}

func letterID(r *http.Request) (uint64, error) {
	id, err := strconv.ParseUint(r.PathValue("id"), 10, 64)
	if err != nil {
		return 0, fmt.Errorf("dead letter %q: %w", r.PathValue("id"), lector.ErrNotFound)
	}
	return id, nil
}

func (k *console) replayLetter(r *http.Request) (view, error) {
	id, err := letterID(r)
	if err != nil {
		return view{}, err
	}
	err = k.do(r, lector.AuditEntry{Action: "deadletter-replay", Target: fmt.Sprint(id)}, func(ctx context.Context) error {
		_, err := k.Letters.ReplayDeadLetter(ctx, id, "console", lector.Normal) // in its own lane
		if lector.IsPermanent(err) {
			err = Unusable(err)
		}
		return err
	})
	return view{goTo: "/deadletters"}, err
}

func (k *console) dropLetter(r *http.Request) (view, error) {
	id, err := letterID(r)
	if err != nil {
		return view{}, err
	}
	err = k.do(r, lector.AuditEntry{Action: "deadletter-drop", Target: fmt.Sprint(id)}, func(ctx context.Context) error {
		return k.Letters.DropDeadLetter(ctx, id)
	})
	return view{goTo: "/deadletters"}, err
}

package console

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"lector"
)

// replayView is a plan as a person confirms it.
type replayView struct {
	permitted
	Plan    lector.ReplayPlan
	Query   string // that selects the jobs
	Digest  string // of the figures that are confirmed
	Changed bool   // they are not those that were confirmed
	All     bool   // nothing is filtered
	Word    string // which alone they must read; "" is any
}

// digest names the figures of a plan: what costs something has not changed while it is
// the same.
func digest(p lector.ReplayPlan) string {
	return strconv.Itoa(p.Articles) + "-" + strconv.Itoa(p.Characters.Billed)
}

// plan reads which jobs are meant, by a filter or by an id, and plans their replay.
func (k *console) plan(ctx context.Context, q url.Values) (lector.ReplayRequest, replayView, []lector.JobRef, error) {
	request := lector.ReplayRequest{}
	err := checkNames(q, append([]string{"job", "word"}, filters...)...)
	if err != nil {
		return request, replayView{}, nil, err
	}
	if q.Has("job") {
		request.Jobs = []string{q.Get("job")}
	} else if request.Filter, err = filterOf(q); err != nil {
		return request, replayView{}, nil, err
	}
	request.Word = q.Get("word")
	p, jobs, err := k.Replays.PlanReplay(ctx, request)
	if err != nil {
		return request, replayView{}, nil, err
	}
	v := replayView{Plan: p, Digest: digest(p), Query: queryOf(request.Filter), All: len(request.Jobs) == 0 &&
		request.Filter == lector.JobFilter{}}
	if len(request.Jobs) > 0 {
		v.Query = url.Values{"job": request.Jobs}.Encode()
	}
	if request.Word != "" {
		v.All, v.Word = false, request.Word
		v.Query = strings.TrimPrefix(v.Query+"&"+url.Values{"word": {request.Word}}.Encode(), "&")
	}
	return request, v, jobs, nil
}

func (k *console) replayPlan(r *http.Request) (view, error) {
	_, v, _, err := k.plan(r.Context(), r.URL.Query())
	v.permitted = permittedTo(r)
	return view{name: "replay", title: "Replay", data: v}, err
}

// startReplay begins a replay whose figures are still those that were confirmed;
// otherwise it asks again.
func (k *console) startReplay(r *http.Request) (view, error) {
	request, v, jobs, err := k.plan(r.Context(), r.URL.Query())
	if err != nil {
		return view{}, err
	}
	if r.PostFormValue("digest") != v.Digest {
		v.Changed, v.permitted = true, permittedTo(r)
		return view{name: "replay", title: "Replay", data: v, status: http.StatusConflict}, nil
	}
	if v.Plan.Articles == 0 {
		return view{}, fmt.Errorf("%w: there is nothing to replay", errInput)
	}
	id := ""
	figures := fmt.Sprintf("%s, %d characters to be billed, $%.2f", lector.Plural(v.Plan.Articles, "article"), v.Plan.Characters.Billed, v.Plan.Cost)
	err = k.do(r, lector.AuditEntry{Action: "replay", Target: cmp.Or(v.Query, "every article"), Detail: figures},
		func(ctx context.Context) (err error) {
			id, err = k.Replays.StartReplay(ctx, request, v.Plan, jobs)
			return err
		})
	if err != nil {
		return view{}, err
	}
	return view{name: "started", title: "Replay begun", data: struct {
		ID   string
		Plan lector.ReplayPlan
	}{id, v.Plan}}, nil
}

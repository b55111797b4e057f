package nats

import (
	"context"
	"encoding/json"
	"time"

	"lector"
)

// planAnswer is a part of the answer to a request for a plan: articles of its list,
// or the plan itself, which comes last.
type planAnswer struct {
	Jobs []string           `json:"jobs,omitempty"` // site and id
	Plan *lector.ReplayPlan `json:"plan,omitempty"`
}

// AnswerPlans answers those who ask what a replay would do, until ctx ends.
func (c *Conn) AnswerPlans(ctx context.Context, plan func(context.Context, lector.ReplayRequest) (lector.ReplayPlan,
	[]lector.JobRef, error)) error {
	return c.answer(ctx, planSubject, func(ctx context.Context, request []byte, send func(any) error) error {
		var r lector.ReplayRequest
		if err := json.Unmarshal(request, &r); err != nil {
			return err
		}
		p, jobs, err := plan(ctx, r)
		if err != nil {
			return err
		}
		for len(jobs) > 0 {
			n := min(len(jobs), refsPerPage)
			part := planAnswer{Jobs: make([]string, n)}
			for i, j := range jobs[:n] {
				part.Jobs[i] = j.String()
			}
			if err := send(part); err != nil {
				return err
			}
			jobs = jobs[n:]
		}
		return send(planAnswer{Plan: &p})
	})
}

// planTime is how long a worker may take for a plan.
const planTime = 30 * time.Second

// PlanReplay asks a worker what a replay would do, and returns its articles too. It is
// ErrNoAnswer where no worker can answer.
func (c *Conn) PlanReplay(ctx context.Context, r lector.ReplayRequest) (p lector.ReplayPlan, jobs []lector.JobRef, err error) {
	err = c.ask(ctx, planSubject, r, planTime, func(data []byte) error {
		var part planAnswer
		if err := json.Unmarshal(data, &part); err != nil {
			return err
		}
		for _, name := range part.Jobs {
			jobs = append(jobs, lector.ParseJobRef(name))
		}
		if part.Plan != nil {
			p = *part.Plan
		}
		return nil
	})
	if err == nil && p.Articles != len(jobs) {
		err = errPartLost
	}
	return p, jobs, err
}

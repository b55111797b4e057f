package nats

import (
	"context"
	"encoding/json"
	"errors"
	"iter"

	"lector"
)

// pageSize is when a message of a list is full, in bytes: well below the size that a
// server takes, whatever is in a title or a reason.
const pageSize = 128 << 10

// jobRequest asks for jobs.
type jobRequest struct {
	Filter lector.JobFilter `json:"filter"`
	Limit  int              `json:"limit"` // 0: all
}

// jobPage is a part of the answer.
type jobPage struct {
	Total int               `json:"total"` // that the filter selects
	Jobs  []json.RawMessage `json:"jobs"`
}

// errPartLost is the error of a client that has read an answer too slowly.
var errPartLost = errors.New("a part of the list was lost")

// JobIndex finds jobs, at most limit (0: all), the last changed first, and says how many
// there are. It has their records without attempts and chunks. While it is not complete
// it is not asked.
type JobIndex interface {
	Complete() bool
	Select(f lector.JobFilter, limit int) (total int, jobs iter.Seq[lector.Job])
}

// AnswerJobs answers those who ask for jobs from an index, until ctx ends.
func (c *Conn) AnswerJobs(ctx context.Context, index JobIndex) error {
	return c.answer(ctx, listSubject, func(_ context.Context, request []byte, send func(any) error) error {
		var r jobRequest
		if err := json.Unmarshal(request, &r); err != nil {
			return err
		}
		if !index.Complete() {
			return errors.New("the index of the jobs is not complete yet")
		}
		return sendJobs(r, index, send)
	})
}

func sendJobs(r jobRequest, index JobIndex, send func(any) error) error {
	total, jobs := index.Select(r.Filter, r.Limit)
	page, size := jobPage{Total: total, Jobs: []json.RawMessage{}}, 0
	for j := range jobs {
		data, err := json.Marshal(j)
		if err != nil {
			return err
		}
		page.Jobs, size = append(page.Jobs, data), size+len(data)
		if size > pageSize {
			if err := send(page); err != nil {
				return err
			}
			page.Jobs, size = page.Jobs[:0], 0
		}
	}
	return send(page)
}

// FindJobs asks a worker for the jobs that a filter selects, at most limit, the last
// changed first, and how many there are in all. 0 is no limit. The records come
// without attempts and chunks. It is ErrNoAnswer where no worker can answer.
func (c *Conn) FindJobs(ctx context.Context, f lector.JobFilter, limit int) (total int, found []lector.Job, err error) {
	err = c.ask(ctx, listSubject, jobRequest{f, limit}, firstAnswer, func(data []byte) error {
		var page jobPage
		if err := json.Unmarshal(data, &page); err != nil {
			return err
		}
		total = page.Total
		if found == nil {
			most := total
			if limit > 0 {
				most = min(limit, total)
			}
			found = make([]lector.Job, 0, most)
		}
		for _, data := range page.Jobs {
			j, err := decodeJob(data)
			if err != nil {
				return err
			}
			found = append(found, j)
		}
		return nil
	})
	wanted := total
	if limit > 0 {
		wanted = min(total, limit)
	}
	if err == nil && len(found) < wanted {
		err = errPartLost
	}
	return total, found, err
}

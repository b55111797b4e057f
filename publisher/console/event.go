package console

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"lector"
)

// shownData is how many bytes of a message's data a page shows.
const shownData = 16 << 10

// dataView is the data of a message as a page shows it.
type dataView struct {
	Text    string // indented where it is JSON
	Size    int    // bytes of all of it
	LeftOut int    // bytes that are not shown
	Binary  bool   // it is no text: nothing of it is shown
}

func newDataView(data []byte) dataView {
	v := dataView{Size: len(data), Binary: !utf8.Valid(data)}
	switch {
	case v.Binary:
		v.LeftOut = len(data)
	case json.Valid(data):
		v.Text, v.LeftOut = indentJSON(data, shownData)
	default:
		v.Text = strings.ToValidUTF8(string(data[:min(len(data), shownData)]), "") // cut within a character
		v.LeftOut = len(data) - len(v.Text)
	}
	return v
}

// eventView is the event that a job works on.
type eventView struct {
	lector.EventMessage
	Data    dataView
	Gone    bool  // the stream holds it no more
	Unknown error // why nothing is known
}

// Withdraws reports whether the event withdraws the article, whose text is not shown then.
func (e eventView) Withdraws() bool { return e.Type.Withdraws() }

// eventView reads the event of a job.
func (k *console) eventView(ctx context.Context, j lector.Job) eventView {
	m, err := k.Event(ctx, j)
	if errors.Is(err, lector.ErrNotFound) {
		return eventView{Gone: true}
	}
	return eventView{EventMessage: m, Data: newDataView(m.Data), Unknown: err}
}

// eventFile answers with the data of a job's event, to be kept as a file.
func (k *console) eventFile(w http.ResponseWriter, r *http.Request) {
	m, err := k.eventToKeep(r)
	if err != nil {
		k.write(w, r, k.failure(r, err))
		return
	}
	h := w.Header()
	h.Set("Content-Type", "application/octet-stream")
	h.Set("Content-Disposition", `attachment; filename="event-`+strconv.FormatUint(m.Sequence, 10)+`.json"`)
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "no-store")
	http.ServeContent(w, r, "", time.Time{}, strings.NewReader(string(m.Data)))
}

// eventToKeep reads the event of the job that a request names. That of a withdrawn
// article is not handed out.
func (k *console) eventToKeep(r *http.Request) (m lector.EventMessage, err error) {
	j, _, err := k.Jobs.Job(r.Context(), r.PathValue("site"), r.PathValue("id"))
	if err == nil {
		m, err = k.Event(r.Context(), j)
	}
	if err == nil && m.Type.Withdraws() {
		err = fmt.Errorf("the article is withdrawn: %w", lector.ErrNotFound)
	}
	return m, err
}

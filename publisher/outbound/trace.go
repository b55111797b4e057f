package outbound

import (
	"net/http"

	"lector"
)

// endSpan ends the span of a try to send a notification.
func endSpan(s *lector.Span, d lector.NotificationDelivery, err error) {
	s.SetString("lector.site", d.Event.Site)
	s.SetString("lector.article", d.Event.Article)
	s.SetString("lector.target", d.Target)
	s.SetString("lector.event.type", d.Event.Type)
	s.SetInt("lector.event.deliveries", d.Count)
	s.End(err)
}

// setTrace tells the receiver of a request which span sent it.
func setTrace(r *http.Request) {
	t := lector.TraceOf(r.Context())
	if t.IsZero() {
		return
	}
	r.Header.Set(lector.TraceParent, t.Parent())
	if t.State != "" {
		r.Header.Set(lector.TraceState, t.State)
	}
}

// Package observe counts what Lector does, for Prometheus.
package observe

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"lector"
)

// Metrics are the figures of one process. Their labels are bounded: sites are
// configured, states and dispositions are enumerations; no article's id is a
// label.
type Metrics struct {
	Registry   *prometheus.Registry
	jobs       *prometheus.CounterVec
	characters *prometheus.CounterVec
	listen     *prometheus.HistogramVec
	now        func() time.Time
}

// NewMetrics returns figures that start at zero.
func NewMetrics() *Metrics {
	m := &Metrics{
		Registry: prometheus.NewRegistry(),
		jobs: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "lector_jobs_total", Help: "Jobs that came to rest, by state.",
		}, []string{"site", "state"}),
		characters: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "lector_tts_characters_total", Help: "Characters of finished jobs: billed by a voice, or reused from the cache.",
		}, []string{"site", "disposition"}),
		listen: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "lector_time_to_listen_seconds", Help: "From taking an article event to its audio event.",
			Buckets: []float64{1, 2, 5, 10, 20, 30, 60, 120, 300, 600},
		}, []string{"site"}),
		now: time.Now,
	}
	m.Registry.MustRegister(m.jobs, m.characters, m.listen,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// Step counts a job when it is done.
func (m *Metrics) Step(j lector.Job, stage lector.Stage) {
	if stage != lector.StageDone {
		return
	}
	m.jobs.WithLabelValues(j.Site, string(j.State)).Inc()
	m.characters.WithLabelValues(j.Site, "billed").Add(float64(j.Usage.Billed))
	m.characters.WithLabelValues(j.Site, "reused").Add(float64(j.Usage.Reused))
	if n := len(j.Attempts); n > 0 && j.State == lector.Ready {
		m.listen.WithLabelValues(j.Site).Observe(m.now().Sub(j.Attempts[0].Started).Seconds())
	}
}

package observe

import (
	"slices"
	"sync"

	"github.com/prometheus/client_golang/prometheus"
)

// registry makes figures and registers them. The reference is made of its calls:
// names, texts and labels stand in them as they are.
type registry struct{ *prometheus.Registry }

func (r registry) counter(name, help string, labels ...string) *prometheus.CounterVec {
	c := prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, labels)
	r.MustRegister(c)
	return c
}

func (r registry) histogram(name, help string, buckets []float64, labels ...string) *prometheus.HistogramVec {
	h := prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: name, Help: help, Buckets: buckets}, labels)
	r.MustRegister(h)
	return h
}

func (r registry) gauge(name, help string, labels ...string) *states {
	s := &states{desc: prometheus.NewDesc(name, help, labels, nil)}
	r.MustRegister(s)
	return s
}

// states is a gauge whose values are replaced all at once: what is not among the
// new ones is not there any more.
type states struct {
	desc *prometheus.Desc

	mu     sync.Mutex
	values []prometheus.Metric
}

// replace takes the values that fill adds. It makes two of the same labels one, the
// sum or else the larger.
func (s *states) replace(sum bool, fill func(add func(value float64, labels ...string))) {
	type value struct {
		labels []string
		value  float64
	}
	var all []value
	fill(func(v float64, labels ...string) {
		at := slices.IndexFunc(all, func(o value) bool { return slices.Equal(o.labels, labels) })
		switch {
		case at < 0:
			all = append(all, value{labels, v})
		case sum:
			all[at].value += v
		default:
			all[at].value = max(all[at].value, v)
		}
	})
	metrics := make([]prometheus.Metric, 0, len(all))
	for _, v := range all {
		metrics = append(metrics, prometheus.MustNewConstMetric(s.desc, prometheus.GaugeValue, v.value, v.labels...))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.values = metrics
}

// set has one value only; unknown ones are not shown.
func (s *states) set(value float64) {
	s.replace(false, func(add func(float64, ...string)) { add(value) })
}

// clear shows nothing: the value is not known.
func (s *states) clear() { s.replace(false, func(func(float64, ...string)) {}) }

// Describe implements prometheus.Collector.
func (s *states) Describe(to chan<- *prometheus.Desc) { to <- s.desc }

// Collect implements prometheus.Collector.
func (s *states) Collect(to chan<- prometheus.Metric) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, v := range s.values {
		to <- v
	}
}

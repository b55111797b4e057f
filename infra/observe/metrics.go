// Package observe counts what Lector does, for Prometheus.
package observe

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"lector"
)

// Metrics are the figures of one process. Their labels are bounded: sites and
// voices are configured, states, classes and outcomes are enumerations; no
// article's id is a label. What is counted is of this process; what is a state is of
// the whole installation, and every worker shows it.
type Metrics struct {
	Registry *prometheus.Registry

	jobsTotal, characters, calls *prometheus.CounterVec
	unfit, decodersDiffer        *prometheus.CounterVec
	sweeps, found, reconciled    *prometheus.CounterVec
	webhooks, notifications      *prometheus.CounterVec
	cmsWrites                    *prometheus.CounterVec
	reloads                      *prometheus.CounterVec
	listen, callDuration         *prometheus.HistogramVec
	webhookDuration              *prometheus.HistogramVec
	plays, listeningReports      *prometheus.CounterVec
	spans                        *prometheus.CounterVec

	jobs, oldestJob                             *states
	eventsWaiting, eventsUnsettled, oldestEvent *states
	deadLetters, breakers, ready                *states
	charactersUsed, charactersLimit             *states
	lacking, lackingFiles                       *states
	dollarsUsed, dollarsLimit                   *states
	paused, replays, notificationsWaiting       *states
	settings                                    *states

	now func() time.Time
}

// NewMetrics returns figures that start at zero.
func NewMetrics() *Metrics {
	r := registry{prometheus.NewRegistry()}
	r.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	m := &Metrics{Registry: r.Registry, now: time.Now}
	m.addJobs(r)
	m.addVoices(r)
	m.addWebhooks(r)
	m.addRepairs(r)
	m.addListening(r)
	m.addProcess(r)
	return m
}

// addJobs registers the figures of jobs and of the events that they are about.
func (m *Metrics) addJobs(r registry) {
	m.jobsTotal = r.counter("lector_jobs_total",
		"Jobs that came to rest, by state and class of the error.", "site", "state", "class")
	m.characters = r.counter("lector_tts_characters_total",
		"Characters of jobs that came to rest: billed by a voice; paid_twice, the part of these that was billed again for the same text; "+
			"unknown, of calls that may have been billed; reused from the cache.", "site", "disposition")
	m.listen = r.histogram("lector_time_to_listen_seconds",
		"From the storing of an article event to its audio event.", []float64{1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1800, 3600}, "site")
	m.jobs = r.gauge("lector_jobs",
		"Jobs as they stand, by state, lane and class of the error.", "site", "state", "lane", "class")
	m.oldestJob = r.gauge("lector_jobs_oldest_age_seconds",
		"For how long the oldest job stands so that is not at rest.", "site", "state", "lane", "class")
	m.eventsWaiting = r.gauge("lector_events_waiting",
		"Article events that no worker has taken yet.")
	m.eventsUnsettled = r.gauge("lector_events_unsettled",
		"Article events that a worker has, or that come again after a while.")
	m.oldestEvent = r.gauge("lector_events_oldest_age_seconds",
		"For how long the oldest article event waits that no worker has taken yet; 0 where none waits.")
	m.deadLetters = r.gauge("lector_dead_letters",
		"Dead letters that are kept, without those whose article has gone on by a later event, by class of the error.", "site", "class")
}

// addVoices registers the figures of voices and of what calls to them cost.
func (m *Metrics) addVoices(r registry) {
	m.calls = r.counter("lector_voice_calls_total",
		"Calls to voices, by outcome: ok, throttled, refused (the account), rejected (the text), truncated, unanswered, down, cancelled.", "voice", "outcome")
	m.callDuration = r.histogram("lector_voice_call_duration_seconds",
		"How long calls to voices take, whatever their outcome.", []float64{0.1, 0.25, 0.5, 1, 2, 5, 10, 20, 40, 90}, "voice")
	m.unfit = r.counter("lector_voice_unfit_answers_total",
		"Answers of voices that are paid for and are not the text read in a steady voice.", "voice")
	m.decodersDiffer = r.counter("lector_voice_decoders_differ_total",
		"Clips that our decoder and go-mp3 decode differently, among the first hundred of each voice since the process began. They are used as ours decodes them.", "voice")
	m.breakers = r.gauge("lector_voice_breaker_open",
		"Whether this process makes no calls to a voice because they failed: 1, else 0.", "voice")
	m.charactersUsed = r.gauge("lector_budget_characters_used",
		"Characters that a site has spent in the hour, day or month, where these are bounded.", "site", "period")
	m.charactersLimit = r.gauge("lector_budget_characters_limit",
		"Characters that a site may spend in the hour, day or month.", "site", "period")
	m.dollarsUsed = r.gauge("lector_budget_dollars_used",
		"US dollars that a site has spent in the hour, day or month, where these are bounded.", "site", "period")
	m.dollarsLimit = r.gauge("lector_budget_dollars_limit",
		"US dollars that a site may spend in the hour, day or month.", "site", "period")
}

// addWebhooks registers the figures of what CMSs send and what sites are told.
func (m *Metrics) addWebhooks(r registry) {
	m.webhooks = r.counter("lector_webhooks_total",
		"Webhooks of CMSs, by outcome: accepted, ignored (nothing to do), unsigned, stale, invalid, unsupported, too_large, limited, "+
			"unavailable (not stored).", "site", "source", "outcome")
	m.webhookDuration = r.histogram("lector_webhook_duration_seconds",
		"How long a webhook waits for its answer.", []float64{0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1, 2, 5}, "source")
	m.notifications = r.counter("lector_notifications_total",
		"Tries to tell an address of a site of an audio event, by outcome: delivered, retried (again later), abandoned (a dead letter), "+
			"dropped (the settings name the address no more).", "site", "target", "outcome")
	m.cmsWrites = r.counter("lector_cms_writes_total",
		"Articles in a CMS to which the addresses of their audio were written, or from which they were removed.", "site")
	m.notificationsWaiting = r.gauge("lector_notifications_waiting",
		"Notifications that their addresses do not have yet.")
}

// addRepairs registers the figures of sweeps, of comparisons with a CMS, and of replays.
func (m *Metrics) addRepairs(r registry) {
	m.sweeps = r.counter("lector_sweeps_total",
		"Sweeps for events that nobody has, by outcome: ok or failed. One worker sweeps for all.", "outcome")
	m.found = r.counter("lector_sweep_found_total",
		"Events that a sweep has found: the queue had lost them, or what became of them was not announced.", "site")
	m.reconciled = r.counter("lector_reconciles_total",
		"Comparisons of all that a site has published with its audio, by outcome: ok or failed.", "site", "outcome")
	m.lacking = r.gauge("lector_articles_without_audio",
		"Published articles without correct audio, by what is wrong: missing, stale, unread, stuck, withdrawn or waiting. "+
			"The worker that compares a site shows it.", "site", "finding")
	m.lackingFiles = r.gauge("lector_ready_articles_without_files",
		"Ready articles whose files are not in the store, as far as they were looked at: thirty a minute, in turn. The worker that sweeps shows it.", "site")
	m.replays = r.gauge("lector_replays",
		"Replays of several articles that are not at their end, by state: running or paused.", "state")
}

// addListening registers the figures of listening.
func (m *Metrics) addListening(r registry) {
	m.plays = r.counter("lector_plays_total",
		"Plays of articles, as players tell them.", "site")
	m.listeningReports = r.counter("lector_listening_reports_total",
		"What players told of listening, by outcome: counted, untracked (the listener wants none), robot, invalid, unknown (no such audio), limited, "+
			"lost (not stored).", "site", "outcome")
}

// addProcess registers the figures of settings, pauses and readiness.
func (m *Metrics) addProcess(r registry) {
	m.reloads = r.counter("lector_settings_reloads_total",
		"Settings and secrets that were read again, since a file had changed or by SIGHUP, by outcome: applied or refused.", "outcome")
	m.settings = r.gauge("lector_settings_refused",
		"Whether the process goes on with earlier settings, since it refuses those that its files have now: 1, else 0.")
	m.paused = r.gauge("lector_paused",
		"What an operator has paused, by kind (lane, site or voice) and name: 1 while it is.", "kind", "name")
	m.spans = r.counter("lector_trace_spans_total",
		"Spans of traces that ended, by outcome: exported, dropped (they did not fit into the queue, or the collector did not answer for too long) "+
			"or refused (by the collector).", "outcome")
	m.ready = r.gauge("lector_ready",
		"Whether what the process needs is there, by what that is: store, store_writes, broker, nats, streams. 1, else 0.", "check")
	m.settings.set(0)
}

// Job counts a job that came to rest, of an event that was stored at a moment; a
// zero one means that no audio event went out.
func (m *Metrics) Job(j lector.Job, stored time.Time) {
	m.jobsTotal.WithLabelValues(j.Site, string(j.State), string(j.Class)).Inc()
	again := 0
	for _, c := range j.Chunks {
		again += max(0, c.Billed-c.Characters)
	}
	for disposition, n := range map[string]int{"billed": j.Usage.Billed, "reused": j.Usage.Reused, "unknown": j.Usage.Unknown, "paid_twice": again} {
		m.characters.WithLabelValues(j.Site, disposition).Add(float64(n))
	}
	if j.State == lector.Ready && !stored.IsZero() {
		m.listen.WithLabelValues(j.Site).Observe(m.now().Sub(stored).Seconds())
	}
}

// Declare shows the counters of the configured sites and voices from the beginning on:
// an increase is not seen of a series that begins above 0.
func (m *Metrics) Declare(sites, voices []string) {
	for _, outcome := range []string{"ok", "failed"} {
		m.sweeps.WithLabelValues(outcome)
	}
	for _, outcome := range []string{"applied", "refused"} {
		m.reloads.WithLabelValues(outcome)
	}
	for _, site := range sites {
		m.found.WithLabelValues(site)
		for _, disposition := range []string{"billed", "reused", "unknown", "paid_twice"} {
			m.characters.WithLabelValues(site, disposition)
		}
	}
	for _, voice := range voices {
		m.unfit.WithLabelValues(voice)
		m.decodersDiffer.WithLabelValues(voice)
		for _, outcome := range callOutcomes {
			m.calls.WithLabelValues(voice, outcome)
		}
	}
}

// Reload counts settings that were read again, and shows whether they hold.
func (m *Metrics) Reload(applied bool) {
	if applied {
		m.reloads.WithLabelValues("applied").Inc()
		m.settings.set(0)
		return
	}
	m.reloads.WithLabelValues("refused").Inc()
	m.settings.set(1)
}

// Notification counts a try to tell an address of a site.
func (m *Metrics) Notification(site, target, outcome string) {
	m.notifications.WithLabelValues(site, target, outcome).Inc()
}

// CMSWrite counts a change of an article in its CMS.
func (m *Metrics) CMSWrite(site string) { m.cmsWrites.WithLabelValues(site).Inc() }

// DeclareCMSWrite shows the counter of a site from the beginning on.
func (m *Metrics) DeclareCMSWrite(site string) { m.cmsWrites.WithLabelValues(site) }

// DeclareNotification shows the counter of an address from the beginning on.
func (m *Metrics) DeclareNotification(site, target, outcome string) {
	m.notifications.WithLabelValues(site, target, outcome)
}

// Webhook counts a webhook that was answered.
func (m *Metrics) Webhook(site, source, outcome string, took time.Duration) {
	m.webhooks.WithLabelValues(site, source, outcome).Inc()
	m.webhookDuration.WithLabelValues(source).Observe(took.Seconds())
}

// DeclareWebhook shows a counter of webhooks from the beginning on, as Declare does.
func (m *Metrics) DeclareWebhook(site, source, outcome string) {
	m.webhooks.WithLabelValues(site, source, outcome)
}

// Listening counts what a player told, and the plays that it began.
func (m *Metrics) Listening(site, outcome string, plays int) {
	m.listeningReports.WithLabelValues(site, outcome).Inc()
	m.plays.WithLabelValues(site).Add(float64(plays))
}

// DeclareListening shows the counters of a site from the beginning on.
func (m *Metrics) DeclareListening(site, outcome string) {
	m.listeningReports.WithLabelValues(site, outcome)
	m.plays.WithLabelValues(site)
}

// Spans counts spans of traces.
func (m *Metrics) Spans(outcome string, n int) { m.spans.WithLabelValues(outcome).Add(float64(n)) }

// Found counts an event that a sweep has found.
func (m *Metrics) Found(site string) { m.found.WithLabelValues(site).Inc() }

// DeclareReconciled shows the counters of a site that is compared with a source.
func (m *Metrics) DeclareReconciled(site string) {
	for _, outcome := range []string{"ok", "failed"} {
		m.reconciled.WithLabelValues(site, outcome)
	}
}

// Reconciled counts a comparison of all articles of a site.
func (m *Metrics) Reconciled(site string, err error) {
	outcome := "ok"
	if err != nil {
		outcome = "failed"
	}
	m.reconciled.WithLabelValues(site, outcome).Inc()
}

// Sweep counts a sweep.
func (m *Metrics) Sweep(_ time.Duration, err error) {
	outcome := "ok"
	if err != nil {
		outcome = "failed"
	}
	m.sweeps.WithLabelValues(outcome).Inc()
}

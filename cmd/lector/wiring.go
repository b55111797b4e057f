package main

import (
	"lector/audio"
	"lector/infra/encode"
	"lector/infra/fetch"
	"lector/infra/nats"
	"lector/infra/store/disk"
	"lector/infra/store/s3"
	"lector/infra/voice/azure"
	"lector/infra/voice/elevenlabs"
	voiceexec "lector/infra/voice/exec"
	"lector/infra/voice/google"
	"lector/infra/voice/openai"
	"lector/infra/voice/polly"
	"lector/infra/voice/system"
	"lector/publisher/access"
	"lector/publisher/console"
	"lector/publisher/intake"
	"lector/publisher/intake/feed"
	"lector/publisher/intake/ghost"
	"lector/publisher/intake/reconcile"
	"lector/publisher/intake/wordpress"
	"lector/publisher/outbound"
	"lector/worker"
	"lector/worker/jobindex"
	"lector/worker/replay"
	"lector/worker/synth"
)

// Which type serves which interface. The packages do not import each other, so the
// compiler checks it here, where both are in sight.

// Voices.
var (
	_ synth.Voice = (*azure.Voice)(nil)
	_ synth.Voice = (*elevenlabs.Voice)(nil)
	_ synth.Voice = (*google.Voice)(nil)
	_ synth.Voice = (*openai.Voice)(nil)
	_ synth.Voice = (*polly.Voice)(nil)
	_ synth.Voice = (*system.Voice)(nil)
	_ synth.Voice = (*voiceexec.Voice)(nil)

	_ audio.Encoder = encode.Encoder{}
)

// Stores.
var (
	_ store         = (*disk.Store)(nil)
	_ store         = (*s3.Store)(nil)
	_ synth.Clips   = worker.Clips{}
	_ synth.Answers = (*worker.Answers)(nil)
)

// What a worker needs of NATS and of the rest.
var (
	_ worker.Queue          = (*nats.Queue)(nil)
	_ worker.Queue          = (*nats.UrgentQueue)(nil)
	_ worker.JobStore       = (*nats.JobStore)(nil)
	_ worker.JobRecords     = (*nats.JobStore)(nil)
	_ worker.Leases         = (*nats.Leases)(nil)
	_ worker.SweepLeases    = (*nats.Leases)(nil)
	_ worker.Edits          = (*nats.Leases)(nil)
	_ worker.Pauses         = (*nats.Pauses)(nil)
	_ worker.Announcer      = (*nats.Conn)(nil)
	_ worker.NewerEvents    = (*nats.Conn)(nil)
	_ worker.EventLog       = (*nats.Conn)(nil)
	_ worker.EventHistory   = (*nats.Conn)(nil)
	_ worker.Eraser         = (*nats.Conn)(nil)
	_ worker.UsageLedger    = (*nats.UsageLedger)(nil)
	_ worker.Budgets        = (*nats.Budgets)(nil)
	_ worker.ClipRemover    = (*deletedClips)(nil)
	_ worker.PictureFetcher = fetch.Client{}

	_ synth.Leases      = (*nats.Leases)(nil)
	_ synth.UsageLedger = (*nats.UsageLedger)(nil)
	_ synth.UsageLedger = (*synth.MemoryLedger)(nil)
	_ synth.Budget      = (*nats.Budgets)(nil)
	_ synth.Budget      = (*synth.MemoryLedger)(nil)

	_ jobindex.Records = (*nats.JobStore)(nil)
	_ nats.JobIndex    = (*jobindex.Index)(nil)
	_ worker.ReadyJobs = (*jobindex.Index)(nil)
)

// Replays.
var (
	_ replay.Jobs      = (*nats.JobStore)(nil)
	_ replay.Events    = (*nats.Conn)(nil)
	_ replay.Replays   = (*nats.Replays)(nil)
	_ replay.Leases    = (*nats.Leases)(nil)
	_ replay.Index     = (*jobindex.Index)(nil)
	_ replay.Finder    = (*jobindex.Index)(nil)
	_ replay.Estimator = (*worker.Worker)(nil)
	_ replay.Reader    = (*worker.Worker)(nil)
)

// What the publisher needs.
var (
	_ console.Audit   = (*nats.Conn)(nil)
	_ console.Jobs    = consoleJobs{}
	_ console.Letters = consoleLetters{}
	_ console.Pauses  = (*nats.Pauses)(nil)
	_ console.Replays = consoleReplays{}
	_ console.Rules   = consoleRules{}

	_ access.Tokens        = (*nats.Conn)(nil)
	_ intake.Publisher     = eventPublisher{}
	_ reconcile.Jobs       = (*nats.JobStore)(nil)
	_ reconcile.Events     = (*nats.Conn)(nil)
	_ reconcile.Places     = (*nats.Places)(nil)
	_ feed.HTTPClient      = fetch.Client{}
	_ ghost.HTTPClient     = fetch.Client{}
	_ wordpress.HTTPClient = fetch.Client{}

	_ outbound.Queue  = (*nats.NotifyQueue)(nil)
	_ outbound.Client = fetch.Client{}
	_ outbound.Sender = outbound.Webhook{}
	_ outbound.Sender = outbound.Purge{}
	_ outbound.Sender = outbound.WriteBack{}
	_ writableCMS     = ghost.Posts{}
	_ writableCMS     = (*wordpress.Source)(nil)
)

# Lector. `make help` lists what there is.

GO      ?= go
BIN     := $(CURDIR)/bin
FUZZ    ?= 20s
LIMIT   ?= 15m
BENCH   ?= 1s
# The build that make bench compares with: before the decoder and the job engine.
BEFORE  ?= 876c1a1
# The build whose workers make upgrade has beside those of this one.
UPGRADE_FROM ?= 330c3dc
CHAOS_SEED     ?= 1
CHAOS_SEEDS    ?= 10
CHAOS_DURATION ?= 90s
# Pinned, so that the same commit is judged the same way everywhere.
LINTER  := github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
PROMTOOL := github.com/prometheus/prometheus/cmd/promtool@v0.316.0
PROMETHEUS := github.com/prometheus/prometheus/cmd/prometheus@v0.316.0
S3      := github.com/versity/versitygw/cmd/versitygw@v1.8.0
MINIO   := github.com/minio/minio@v0.0.0-20260212201848-7aac2a2c5b7c
AXE     := axe-core@4.14.1
JS      := cloudevents@10.0.0 nats@2.29.3
NATSCLI := github.com/nats-io/natscli/nats@v0.5.1
# Ghost, the Node and the pnpm that it is installed by.
GHOST   := 6.65.0 22.23.3 12.4.2
WEED    := github.com/seaweedfs/seaweedfs/weed@v0.0.0-20261109003541-7506e5f91cd6

export PATH := $(BIN):$(PATH)

# Static, since nothing here needs C; it also starts faster so. Without the tables of
# debuggers, as in the image: a panic and pprof name functions and lines without them.
BUILD   := CGO_ENABLED=0 $(GO) build -trimpath -ldflags '-s -w' -o $(BIN)/lector ./cmd/lector

.DEFAULT_GOAL := help
.PHONY: help demo build test race lint check-deploy bench fuzz stores programs screenshot screenshots clean

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# Not by go run, which makes an error of Ctrl-C. Flags of lector demo: ARGS="-listen 127.0.0.1:8088".
demo: ## hear an article: starts everything on this machine, until Ctrl-C
	@.ci/setup demo
	@echo "building (the first time takes a minute or two)"
	@$(BUILD)
	@$(BIN)/lector demo $(ARGS)

build: ## the one binary, into ./bin
	$(BUILD)

test: programs ## all tests with the race detector, against real programs and servers
	@GO="$(GO)" .ci/test -timeout $(LIMIT)

.PHONY: test-busy
test-busy: programs ## the same beside eight processes that only spin
	@GO="$(GO)" .ci/busy 8 .ci/test -count=1 -timeout 90m

.PHONY: browsers
browsers: programs ## the player in Chromium, Firefox ESR and WebKitGTK
	cd publisher/browsertest && LECTOR_TEST_BROWSERS=1 $(GO) test -v -count=1 -timeout 10m ./engine

race: programs ## the tests three times in random order, with the race detector
	$(GO) test -race -shuffle=on -count=3 -timeout 30m ./...
	cd publisher/browsertest && $(GO) test -race -shuffle=on -count=3 -timeout 30m ./...
	cd infra/nats/sdktest && $(GO) test -race -shuffle=on -count=3 -timeout 30m ./...
	cd infra/otlp/otlptest && $(GO) test -race -shuffle=on -count=3 -timeout 30m ./...

lint: $(BIN)/golangci-lint check-deploy ## gofmt, go vet, golangci-lint, the deployment files
	@unformatted=$$(gofmt -l $$(git ls-files '*.go')); \
		if [ -n "$$unformatted" ]; then echo "not formatted:"; echo "$$unformatted"; exit 1; fi
	$(GO) vet ./... ./.ci/report
	$(BIN)/golangci-lint run ./... ./.ci/report
	cd publisher/browsertest && $(GO) vet ./... && $(BIN)/golangci-lint run ./...
	cd infra/nats/sdktest && $(GO) vet ./... && $(BIN)/golangci-lint run ./...
	cd infra/otlp/otlptest && $(GO) vet ./... && $(BIN)/golangci-lint run ./...

check-deploy: ## compose file, Dockerfiles and manifests by the parsers of their own programs
	cd infra/deploy/check && $(GO) vet ./... && $(GO) test ./...

# A part that fails does not keep the others from being measured. On a quiet machine it
# takes about ten minutes; each part has a target of its own.
bench: ## how fast it is here, and beside the other tools on the PATH
	@$(MAKE) --no-print-directory -k bench-functions bench-pipeline bench-worker bench-audio bench-bytes bench-intake

.PHONY: bench-functions bench-pipeline bench-worker bench-audio bench-bytes bench-intake bench-binary
bench-binary:
	@$(BUILD)

bench-functions:
	$(GO) test -run '^$$' -bench . -benchtime $(BENCH) -benchmem ./...
	$(GO) test -v -run 'TestCorpus|TestPages|TestSentences|TestVerbal' ./worker/extract ./worker/script | grep SCORE

bench-pipeline: bench-binary
	$(BIN)/lector bench
	$(BIN)/lector bench -nodes 3

bench-worker: bench-binary
	@GO="$(GO)" .ci/build-commit $(BEFORE) $(BIN)/lector-$(BEFORE) && \
		$(GO) run ./worker/bench -lector $(BIN)/lector -before $(BIN)/lector-$(BEFORE) || \
		$(GO) run ./worker/bench -lector $(BIN)/lector

bench-audio: bench-binary
	$(GO) run ./audio/bench -lector $(BIN)/lector

bench-bytes: bench-binary
	$(GO) run ./publisher/bench -lector $(BIN)/lector

bench-intake: bench-binary
	$(GO) run ./publisher/bench/intake -lector $(BIN)/lector

# PAGES is a folder of annotated pages from elsewhere; worker/extract/DESIGN.md says of what form.
.PHONY: rules
rules: ## what each rule of extraction changes, on the pages here and on those in PAGES=FOLDER
	@$(GO) test -v -timeout 60m -run TestGate ./worker/extract -rules -pages "$(PAGES)" $(UPDATE) | sed -n 's/^ *gate_test.go:[0-9]*: //p'

.PHONY: takedowns
takedowns: programs ## withdraw articles while every place of every worker is taken
	$(GO) test -v -count=1 -timeout 15m -run TestTakedowns ./cmd/chaos

# Each seed takes its duration and the time until all is at rest again. More flags: CHAOS_FLAGS="-single".
.PHONY: chaos
chaos: programs ## break an installation of real processes by CHAOS_SEEDS=10 schedules of CHAOS_DURATION=90s
	@$(BUILD)
	$(GO) run ./cmd/chaos -lector $(BIN)/lector -seed $(CHAOS_SEED) -seeds $(CHAOS_SEEDS) -duration $(CHAOS_DURATION) $(CHAOS_FLAGS)

# OPS_SPEED=1 takes the times of the alerts as they are, and an hour.
OPS_SPEED ?= 10
.PHONY: ops
ops: programs ## play incidents in an installation: which alert fires, what lector why says, what mends it
	@$(BUILD)
	$(GO) run ./cmd/chaos -lector $(BIN)/lector -incidents -speed $(OPS_SPEED) $(OPS_FLAGS)

# The first worker is of the build before until its first restart, which is of this one.
.PHONY: upgrade
upgrade: programs ## workers of build UPGRADE_FROM and of this one side by side, and a rolling change, under load
	@$(BUILD)
	@GO="$(GO)" .ci/build-commit $(UPGRADE_FROM) $(BIN)/lector-$(UPGRADE_FROM)
	$(GO) run ./cmd/chaos -lector $(BIN)/lector -before $(BIN)/lector-$(UPGRADE_FROM) -store disk \
		-seed $(CHAOS_SEED) -duration 60s -gap 12s -only "stop worker"

fuzz: ## every fuzz target for FUZZ=20s
	@.ci/fuzz $(FUZZ)

# The first time builds two servers, which takes a quarter of an hour.
stores: ## Lector with versitygw, SeaweedFS and MinIO: the table of docs/stores.md
	@for server in versitygw weed minio; do \
		$(MAKE) --no-print-directory $(BIN)/$$server || echo "$$server cannot be built: it is not tried" >&2; done
	@echo "trying them (some minutes)"
	@LECTOR_TEST_SERVERS=1 $(GO) test -v -count=1 -timeout 30m -run 'TestServers$$' ./cmd/lector >$(BIN)/stores.log 2>&1; status=$$?; \
		grep -E '^ *\|| not tried|--- FAIL|^(ok|FAIL)|_test.go' $(BIN)/stores.log; exit $$status

# Not in CI: the first time takes some minutes. GHOST_DIR may lie elsewhere, to be kept.
GHOST_DIR ?= $(BIN)/ghost
.PHONY: ghost
ghost: ## a real Ghost: what its webhooks come to, as a table
	@.ci/ghost $(abspath $(GHOST_DIR)) $(GHOST)
	@echo "running it (some minutes: a scheduled post is waited for)"
	@mkdir -p $(BIN)
	@LECTOR_TEST_GHOST=$(abspath $(GHOST_DIR)) $(GO) test -v -count=1 -timeout 20m -run 'TestGhost(WriteBack)?$$' ./cmd/lector >$(BIN)/ghost.log 2>&1; status=$$?; \
		grep -E '^ *\||is read|is not read|: answer |^ *(paragraph|heading|quote|item): |--- FAIL|^(ok|FAIL)' $(BIN)/ghost.log; exit $$status
.PHONY: wordpress
wordpress: $(BIN)/wordpress/.done ## a real WordPress: what it tells by way and change, what is heard and billed
	@LECTOR_WORDPRESS=$(BIN)/wordpress LECTOR_WORDPRESS_OUTAGE=1 $(GO) test -v -count=1 -timeout 30m -run 'WordPress|Plugin|Player|Source' \
		./publisher/intake/wordpress/... ./cmd/lector >$(BIN)/wordpress.log 2>&1; status=$$?; \
		grep -E '^ *\|| not tried|SKIPPED|--- |^(ok|FAIL)|_test.go' $(BIN)/wordpress.log; exit $$status

# What cannot be had here is named, and its tests skip and say so.
programs:
	@.ci/setup test
	@! command -v npm >/dev/null || $(MAKE) --no-print-directory $(BIN)/axe.min.js || echo "axe-core cannot be had: the pages are judged by our own audit alone" >&2
	@! command -v npm >/dev/null || $(MAKE) --no-print-directory $(BIN)/js/.done || echo "the packages of npm cannot be had: the test of the JavaScript clients will skip" >&2
	@$(MAKE) --no-print-directory $(BIN)/wordpress/.done || true
	@$(MAKE) --no-print-directory $(BIN)/nats || echo "nats cannot be built: its line in docs/publish.md is not tried" >&2
	@$(MAKE) --no-print-directory $(BIN)/versitygw || echo "versitygw cannot be built: the tests of the S3 store will skip" >&2
	@$(MAKE) --no-print-directory $(BIN)/promtool || echo "promtool cannot be built: the tests of the alerts will skip" >&2
	@$(MAKE) --no-print-directory $(BIN)/prometheus || echo "prometheus cannot be built: the test of the incidents will skip" >&2

screenshot: ## the picture of the README, from the running demo
	@.ci/setup test
	@.ci/screenshot

screenshots: ## player and console, also with long texts, at two widths, light and dark, into bin/screenshots
	@.ci/setup test
	cd publisher/browsertest && $(GO) run ./screenshots -o $(BIN)/screenshots

clean: ## what the other targets built
	rm -rf $(BIN)

# Built again when this file, which pins the versions, has changed.
$(BIN)/golangci-lint: Makefile
	GOBIN=$(BIN) $(GO) install $(LINTER)
	@touch $@

# Without the discovery of targets in the clouds, which is most of it.
$(BIN)/promtool: Makefile
	GOBIN=$(BIN) $(GO) install -tags remove_all_sd $(PROMTOOL)
	@touch $@

# Without its pages, which are not in the module.
$(BIN)/prometheus: Makefile
	GOBIN=$(BIN) $(GO) install -tags remove_all_sd $(PROMETHEUS)
	@touch $@

$(BIN)/nats: Makefile
	GOBIN=$(BIN) $(GO) install $(NATSCLI)
	@touch $@

$(BIN)/versitygw: Makefile
	GOBIN=$(BIN) $(GO) install $(S3)
	@touch $@

$(BIN)/axe.min.js: Makefile
	@mkdir -p $(BIN)
	cd $(BIN) && tar -xzOf "$$(npm pack --silent $(AXE))" package/axe.min.js >axe.tmp && rm -f axe-core-*.tgz && mv axe.tmp $@

$(BIN)/js/.done: Makefile
	npm install --silent --no-audit --no-fund --prefix $(BIN)/js $(JS)
	@touch $@

# Whatever versions this machine's packages have.
$(BIN)/wordpress/.done: .ci/wordpress
	@.ci/wordpress $(BIN)/wordpress

$(BIN)/minio: Makefile
	GOBIN=$(BIN) $(GO) install -trimpath -ldflags '-s -w' $(MINIO)
	@touch $@

$(BIN)/weed: Makefile .ci/seaweedfs
	@.ci/seaweedfs $(WEED) $@
	@touch $@

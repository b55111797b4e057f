package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// lab is a whole installation: the programs, the way between them, and the voice.
type lab struct {
	options
	dir     string // of data and logs
	program string // lector
	public  string // address of the publisher

	broker     *broker
	cluster    *cluster            // nil with -single
	links      map[string][]*proxy // by worker: its ways to the NATS servers
	s3         *child              // nil without an S3 server
	store      *faultyStore        // nil without an S3 server
	workers    map[string]*child
	publisher  *child // nil with -single
	voice      *voice
	meter      *meter
	env        []string          // with which commands find the installation
	admin      map[string]string // by process: the address of its admin listener
	speaks     string            // address of the voice
	keyFile    string            // of the voice; "": it wants no key
	budgets    map[string]int    // by site: its characters a day
	points     *points
	violations *violations
	log        func(format string, args ...any)
}

// newLab prepares an installation below dir. Start starts it.
func newLab(o options, dir, program string, s speech, v *violations) *lab {
	m, p := &meter{}, &points{}
	return &lab{
		options: o, dir: dir, program: program, violations: v, meter: m, points: p,
		voice: &voice{meter: m, points: p, speech: s, latency: 200 * time.Millisecond},
		links: map[string][]*proxy{}, workers: map[string]*child{}, log: func(string, ...any) {},
		admin: map[string]string{}, budgets: map[string]int{siteNames[0]: 50_000_000}, // so that one of them has its budget to keep
	}
}

// openLab prepares an installation for a trial without a schedule.
func openLab(ctx context.Context, o options, stderr io.Writer) (*lab, error) {
	dir, err := workDir(o.Dir)
	if err != nil {
		return nil, err
	}
	r, err := prepare(ctx, o, dir, func(format string, args ...any) { fmt.Fprintf(stderr, format+"\n", args...) })
	if err != nil {
		return nil, err
	}
	l := newLab(r.options, dir, r.program, r.speech, &violations{log: r.log})
	l.log = r.log
	return l, nil
}

// start starts everything, and waits until it is ready.
func (l *lab) start(ctx context.Context) error {
	address, err := l.voice.serve(ctx)
	if err != nil {
		return err
	}
	l.speaks = address
	parts := []func(context.Context, string) error{l.startNATS, l.startS3, l.setup, l.startPublisher, l.startWorkers}
	if l.Single {
		parts = []func(context.Context, string) error{l.startSingle}
	}
	for _, part := range parts {
		if err := part(ctx, address); err != nil {
			return err
		}
	}
	return nil
}

// stop ends everything, the programs that write first.
func (l *lab) stop() {
	for _, c := range l.workers {
		c.kill()
	}
	for _, c := range []*child{l.publisher, l.s3} {
		if c != nil {
			c.kill()
		}
	}
	for _, ways := range l.links {
		for _, p := range ways {
			p.close()
		}
	}
	if l.broker != nil {
		l.broker.close()
	}
	if l.cluster != nil {
		l.cluster.kill()
	}
}

// watchExit makes a violation of an end that nobody asked for, and starts the
// program again, as its supervisor would.
func (l *lab) watchExit(ctx context.Context, c *child) {
	c.onExit = func(c *child, err error) {
		if ctx.Err() != nil {
			return
		}
		last := lastLine(filepath.Join(c.dir, c.name+".log"))
		if l.mayEnd(c, err) {
			l.log("%s has ended (%v) and is started again: %s", c.name, err, last)
		} else {
			l.violations.add(endedItself, "%s: %v: %s", c.name, err, last)
		}
		if l.Failpoints != "" {
			l.meter.excuse(c.name, "failpoint")
		}
		if pause(ctx, time.Second) == nil {
			if err := c.start(ctx); err != nil {
				l.violations.add(harness, "start %s again: %v", c.name, err)
			}
		}
	}
}

// mayEnd reports whether a program may end so: Lector dies at failpoints, and may
// refuse to start, with status 1, while NATS or the store is away. Other people's
// servers may do as they like.
func (l *lab) mayEnd(c *child, err error) bool {
	if l.workers[c.name] != c && l.publisher != c || l.Failpoints != "" {
		return true
	}
	var exit *exec.ExitError
	return errors.As(err, &exit) && exit.ExitCode() == 1 && !strings.Contains(c.logged(), "msg=ready")
}

// lastLine is what a program said last.
func lastLine(file string) string {
	data, err := os.ReadFile(file)
	if err != nil {
		return err.Error()
	}
	text := strings.TrimSpace(string(data))
	return text[strings.LastIndexByte(text, '\n')+1:]
}

func (l *lab) startNATS(ctx context.Context, _ string) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	if l.cluster, err = newCluster(l.dir, self); err != nil {
		return err
	}
	for _, n := range l.cluster.nodes {
		l.watchExit(ctx, &n.child)
	}
	if err := l.cluster.start(ctx); err != nil {
		return err
	}
	if l.broker, err = connect(l.cluster.urls(), nil); err != nil {
		return err
	}
	l.env = append(l.env, "LECTOR_NATS_URL="+l.cluster.urls(), "LECTOR_NATS_REPLICAS=3")
	for _, name := range l.workerNames() {
		for _, n := range l.cluster.nodes {
			p, err := newProxy(n.address)
			if err != nil {
				return err
			}
			l.links[name] = append(l.links[name], p)
		}
	}
	return nil
}

func (l *lab) startS3(ctx context.Context, _ string) error {
	if l.Store == "disk" {
		l.env = append(l.env, "LECTOR_DATA="+filepath.Join(l.dir, "shared"))
		return nil
	}
	var address string
	var err error
	if l.s3, address, err = newS3Server(l.dir); err != nil {
		return err
	}
	l.watchExit(ctx, l.s3)
	if err := l.s3.start(ctx); err != nil {
		return err
	}
	if err := awaitHTTP(ctx, address+"/health"); err != nil {
		return err
	}
	if l.store, err = newFaultyStore(address, l.points); err != nil {
		return err
	}
	l.env = append(l.env, "LECTOR_DATA="+filepath.Join(l.dir, "commands"),
		"LECTOR_STORE_KIND=s3", "LECTOR_STORE_BUCKET="+s3Bucket, "LECTOR_STORE_ENDPOINT="+address, "LECTOR_STORE_REGION="+s3Region,
		"AWS_ACCESS_KEY_ID="+s3Key, "AWS_SECRET_ACCESS_KEY="+s3Secret)
	return nil
}

// setup runs lector setup until the cluster has a leader for everything.
func (l *lab) setup(ctx context.Context, voice string) error {
	file, err := l.writeConfig("commands", voice)
	if err != nil {
		return err
	}
	l.env = append(l.env, "LECTOR_CONFIG="+file)
	if err := until(ctx, 200*time.Millisecond, func() bool { return l.broker.ready(ctx) }); err != nil {
		return fmt.Errorf("wait for JetStream: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	_, err = again(ctx, func(ctx context.Context) ([]byte, error) { return l.lector(ctx, "setup") })
	return err
}

func (l *lab) startPublisher(ctx context.Context, _ string) error {
	ports, err := freePorts(2)
	if err != nil {
		return err
	}
	l.public, l.admin["publisher"] = "http://"+loopback(ports[0]), loopback(ports[1])
	l.publisher = &child{name: "publisher", path: l.program, args: []string{"publisher"}, dir: l.dir,
		env: append(l.env[:len(l.env):len(l.env)],
			"LECTOR_LISTEN="+loopback(ports[0]), "LECTOR_ADMIN_LISTEN="+loopback(ports[1]), "LECTOR_PUBLIC_URL="+l.public)}
	l.watchExit(ctx, l.publisher)
	if err := l.publisher.start(ctx); err != nil {
		return err
	}
	return awaitHTTP(ctx, "http://"+loopback(ports[1])+"/readyz")
}

// startWorkers starts the workers, each with its own ways to NATS, its own name at
// the voice and, but for a shared disk store, its own directory.
func (l *lab) startWorkers(ctx context.Context, voice string) error {
	ports, err := freePorts(l.Workers)
	if err != nil {
		return err
	}
	for i, name := range l.workerNames() {
		l.admin[name] = loopback(ports[i])
		file, err := l.writeConfig(name, voice)
		if err != nil {
			return err
		}
		var urls []string
		for _, p := range l.links[name] {
			urls = append(urls, "nats://"+p.address())
		}
		env := append(l.env[:len(l.env):len(l.env)], "LECTOR_CONFIG="+file, "LECTOR_NATS_URL="+strings.Join(urls, ","),
			"LECTOR_PUBLIC_URL="+l.public, "LECTOR_ADMIN_LISTEN="+l.admin[name])
		if l.store != nil {
			front, err := serveHTTP(ctx, l.store.from(name))
			if err != nil {
				return err
			}
			env = append(env, "LECTOR_STORE_ENDPOINT="+front, "LECTOR_DATA="+filepath.Join(l.dir, name))
		}
		path := l.program
		if i == 0 && l.Before != "" {
			path = l.Before
		}
		if err := l.startWorker(ctx, &child{name: name, path: path, args: []string{"worker"}, dir: l.dir, env: env}); err != nil {
			return err
		}
	}
	return nil
}

func (l *lab) startWorker(ctx context.Context, c *child) error {
	l.workers[c.name] = c
	l.watchExit(ctx, c)
	return c.start(ctx)
}

// startSingle starts lector serve, which is everything.
func (l *lab) startSingle(ctx context.Context, voice string) error {
	file, err := l.writeConfig("serve", voice)
	if err != nil {
		return err
	}
	ports, err := freePorts(3)
	if err != nil {
		return err
	}
	data := filepath.Join(l.dir, "serve")
	l.public = "http://" + loopback(ports[0])
	l.env = append(l.env, "LECTOR_DATA="+data, "LECTOR_CONFIG="+file)
	c := &child{name: "serve", path: l.program, args: []string{"serve"}, dir: l.dir, env: append(l.env[:len(l.env):len(l.env)],
		"LECTOR_LISTEN="+loopback(ports[0]), "LECTOR_ADMIN_LISTEN="+loopback(ports[1]), "LECTOR_NATS_LISTEN="+loopback(ports[2]))}
	if err := l.startWorker(ctx, c); err != nil {
		return err
	}
	if err := awaitHTTP(ctx, "http://"+loopback(ports[1])+"/readyz"); err != nil {
		return err
	}
	l.broker, err = connect("nats://"+loopback(ports[2]), accessFile(data))
	return err
}

// writeConfig writes the settings of one process and returns the file's name.
func (l *lab) writeConfig(name, voice string) (string, error) {
	var b strings.Builder
	key := ""
	if l.keyFile != "" {
		key = ", key_env: " + voiceKey
	}
	fmt.Fprintf(&b, "voices:\n  meter: {backend: openai, url: %q, model: meter, voice: meter, max_chars: 300, concurrency: 8, "+
		"timeout: 10s, languages: [en]%s}\nworker: {rerender_limit: 20, concurrent_jobs: %d}\nsites:\n", voice+"/"+name, key, jobsAtOnce)
	for _, site := range siteNames {
		fmt.Fprintf(&b, "  %s: {title: %s, url: %q, language: en, voices: {en: [meter]}", site, site, "https://"+site+".example")
		if l.budgets[site] > 0 {
			fmt.Fprintf(&b, ", budget: {characters_per_day: %d}", l.budgets[site])
		}
		b.WriteString("}\n")
	}
	file := filepath.Join(l.dir, name+".yaml")
	return file, os.WriteFile(file, []byte(b.String()), 0o644)
}

// jobsAtOnce is how many articles of usual length a worker reads at once. There are half as
// many places for long ones, and one for breaking news.
const jobsAtOnce = 4

// voiceKey is the variable in which the workers look for the key of the voice.
const voiceKey = "CHAOS_VOICE_KEY"

// lector runs a command to its end and returns what it printed.
func (l *lab) lector(ctx context.Context, args ...string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, l.program, args...)
	cmd.Dir, cmd.Env = l.dir, append(os.Environ(), l.env...)
	var stderr bytes.Buffer
	cmd.Stderr, cmd.SysProcAttr = &stderr, dieWithParent()
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("lector %s: %w: %s", strings.Join(args, " "), err, strings.TrimSpace(stderr.String()))
	}
	return out, nil
}

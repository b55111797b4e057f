package main

import (
	"errors"
	"time"

	"lector"
	"lector/worker/extract"
	"lector/worker/script"
)

// config is every setting there is. A setting comes from, the later the
// stronger: the defaults in defaults(), the file lector.yaml (or -config FILE;
// a key that is not here is refused), the environment (LECTOR_ and the name in
// the env tag), a flag. Lists and maps live in the file only. Secrets come by
// environment or by files named there, never by flags and never in the file.
type config struct {
	// Data is the directory of the embedded NATS server and of the disk store.
	Data string `yaml:"data" env:"DATA"`
	// Listen is the address of the public HTTP server: player, audio, embed pages.
	Listen string `yaml:"listen" env:"LISTEN"`
	// AdminListen is the address of health, metrics and console. Without
	// admin_access it must be a loopback address.
	AdminListen string `yaml:"admin_listen" env:"ADMIN_LISTEN"`
	// AdminAccess says who may do what at admin_listen. Without it, everybody who
	// reaches that may do everything. Health is open to all.
	AdminAccess accessConfig `yaml:"admin_access,omitempty" envPrefix:"ADMIN_ACCESS_"`
	// PublicURL is how the outside world reaches Listen; empty is this machine
	// only, at the port of Listen.
	PublicURL string `yaml:"public_url" env:"PUBLIC_URL"`

	NATS   natsConfig             `yaml:"nats" envPrefix:"NATS_"`
	Store  storeConfig            `yaml:"store" envPrefix:"STORE_"`
	Worker workerConfig           `yaml:"worker" envPrefix:"WORKER_"`
	Log    logConfig              `yaml:"log" envPrefix:"LOG_"`
	Traces tracesConfig           `yaml:"traces" envPrefix:"TRACES_"`
	Voices map[string]voiceConfig `yaml:"voices"`
	Sites  map[string]siteConfig  `yaml:"sites"`
}

// accessConfig says who may do what at the admin listener. The connection to it is not
// encrypted: beyond one machine a proxy before it must do that.
type accessConfig struct {
	// Tokens is whether those of lector token count. A program shows one as a bearer
	// token, a browser asks for it as the password of any name.
	Tokens bool `yaml:"tokens,omitempty" env:"TOKENS"`
	// Hosts are the names that browsers may ask for the console by, beside localhost and
	// addresses.
	Hosts []string    `yaml:"hosts,omitempty"`
	Proxy proxyConfig `yaml:"proxy,omitempty" envPrefix:"PROXY_"`
}

// proxyConfig is a server before the admin listener that asks for a login, such as one
// for OpenID Connect.
type proxyConfig struct {
	// Header is where the proxy says who it is, as X-Forwarded-User. The proxy must remove
	// it from what others send.
	Header string `yaml:"header,omitempty" env:"HEADER"`
	// From are the addresses of the proxy, as 10.0.0.7/32: from others the header counts
	// for nothing.
	From []string `yaml:"from,omitempty"`
	// Roles are what people may do, by the name that the proxy gives them: view, edit,
	// replay or admin. "*" is anybody else; without it they see nothing.
	Roles map[string]lector.Role `yaml:"roles,omitempty"`
}

// natsConfig says which NATS server to use.
type natsConfig struct {
	// URL of the server, or several with commas between them; empty means the
	// server embedded in this process. A login in it is never printed.
	URL maskedURL `yaml:"url" env:"URL"`
	// Credentials is the path of a .creds file; servers with passwords want a
	// user and a password instead.
	Credentials string `yaml:"credentials" env:"CREDENTIALS"`
	User        string `yaml:"-" env:"USER"`     // the name to log in with, for servers with passwords
	Password    secret `yaml:"-" env:"PASSWORD"` // the password to log in with
	// CA is the path of the certificate of the authority that signed the
	// server's; empty is those that this machine trusts.
	CA string `yaml:"ca" env:"CA"`
	// Cert is the path of a certificate, for servers that want one of their
	// clients. With it or with ca the connection is TLS or none.
	Cert string `yaml:"cert" env:"CERT"`
	// Key is the path of the key of the certificate.
	Key string `yaml:"key" env:"KEY"`
	// Listen is the loopback address of the embedded server; port 0 is any.
	Listen string `yaml:"listen" env:"LISTEN"`
	// Users may log in to the embedded server, by the name of their role: cms.
	Users map[string]natsUser `yaml:"users,omitempty"`
	// Replicas of streams and buckets that setup creates: 1, or 3 in a cluster.
	Replicas int `yaml:"replicas" env:"REPLICAS"`
}

// natsUser is a login to the embedded server.
type natsUser struct {
	// PasswordEnv names the environment variable that holds the password; the
	// same name with _FILE may name a file that holds it.
	PasswordEnv string `yaml:"password_env"`
}

// storeConfig says where clips and renditions are kept.
type storeConfig struct {
	// Kind is disk or s3.
	Kind string `yaml:"kind" env:"KIND"`
	// Bucket is the name of the S3 bucket. The keys come from the usual
	// AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY or from the machine's role.
	Bucket   string `yaml:"bucket" env:"BUCKET"`
	Endpoint string `yaml:"endpoint" env:"ENDPOINT"` // the address of an S3 server; empty is AWS
	Region   string `yaml:"region" env:"REGION"`     // the region of the bucket
	// PublicURL is where listeners find the bucket's objects; empty means that
	// the publisher hands them out under public_url.
	PublicURL string `yaml:"public_url" env:"PUBLIC_URL"`
}

// workerConfig says how much a worker does at once.
type workerConfig struct {
	// ConcurrentJobs is how many articles are worked on at once. Beside them there
	// are half as many places for long ones, from 10000 characters on, and one for a
	// breaking one.
	ConcurrentJobs int `yaml:"concurrent_jobs" env:"CONCURRENT_JOBS"`
	// ConcurrentCalls is how many calls to voices run at once, over all articles.
	ConcurrentCalls int `yaml:"concurrent_calls" env:"CONCURRENT_CALLS"`
	// RerenderLimit bounds what a voice may be billed for one article, in times
	// the article's characters: renderings that were refused and answers that
	// broke off count, what was refused unbilled does not. The article and three
	// times its longest chunk are always allowed. Reached, the article goes to
	// its next voice, or fails and says why.
	RerenderLimit float64 `yaml:"rerender_limit" env:"RERENDER_LIMIT"`
	// EditWait is how long an edit of an article that has audio waits for further
	// ones, which it becomes one job with; two minutes at most in all. What is
	// published for the first time waits for nothing. 0 reads each edit.
	EditWait time.Duration `yaml:"edit_wait" env:"EDIT_WAIT"`
	// DrainTimeout is how long calls to voices that have begun may go on after the
	// process was asked to stop: their answers are paid for. Whatever ends the
	// process must wait a little longer.
	DrainTimeout time.Duration `yaml:"drain_timeout" env:"DRAIN_TIMEOUT"`
}

// logConfig says what is logged and how.
type logConfig struct {
	// Level is debug, info, warn or error.
	Level string `yaml:"level" env:"LEVEL"`
	// Format is text or json.
	Format string `yaml:"format" env:"FORMAT"`
}

// voiceConfig is one voice. Which of the fields count depends on the backend;
// lector voices -h lists them.
type voiceConfig struct {
	// Backend is system, exec, openai, polly, elevenlabs, google or azure.
	Backend string `yaml:"backend"`
	Voice   string `yaml:"voice,omitempty"`  // which of the voices that the backend has
	Model   string `yaml:"model,omitempty"`  // the model, of openai and elevenlabs
	Engine  string `yaml:"engine,omitempty"` // the engine, of polly: standard, neural, long-form or generative; of system the program: flite, espeak-ng or say
	URL     string `yaml:"url,omitempty"`    // the address of the server, where it is not the backend's own
	Region  string `yaml:"region,omitempty"` // the region, of polly and azure
	// Command is the program of an exec voice, with its arguments.
	Command []string `yaml:"command,omitempty"`
	// Env is what the program of an exec or system voice gets of the
	// environment beside PATH, HOME, LANG and TMPDIR: a list of names, or a map
	// of names to values. A key stands in Lector's own environment, and only its
	// name here.
	Env programEnv `yaml:"env,omitempty"`
	// Languages that the voice may be used for, where the backend cannot tell.
	Languages []string `yaml:"languages,omitempty"`
	// KeyEnv names the environment variable that holds the API key; the same
	// name with _FILE may name a file that holds it.
	KeyEnv string `yaml:"key_env,omitempty"`
	// MaxChars is the longest text of one call.
	MaxChars int `yaml:"max_chars,omitempty"`
	// Concurrency is how many calls may run at once.
	Concurrency int     `yaml:"concurrency,omitempty"`
	PerSecond   float64 `yaml:"per_second,omitempty"` // how many calls may start in a second; 0 is no bound
	// Price is in US dollars a million characters.
	Price float64 `yaml:"price_per_million,omitempty"`
	// SampleRate is for raw PCM, which does not tell it, and for servers whose
	// MP3 is not of 24000 Hz.
	SampleRate int `yaml:"sample_rate,omitempty"`
	// Speed is the pace: 1 is the voice's own.
	Speed float64 `yaml:"speed,omitempty"`
	// Format that is asked for: mp3, wav or pcm; of elevenlabs as mp3_44100_128.
	Format string `yaml:"format,omitempty"`
	// SendContext is whether elevenlabs gets the neighbouring text; default true.
	SendContext *bool `yaml:"send_context,omitempty"`
	// Marks is whether polly is asked, and paid, for the times of words.
	Marks bool `yaml:"marks,omitempty"`
	// Timeout bounds one call.
	Timeout  time.Duration `yaml:"timeout,omitempty"`
	MemoryMB int           `yaml:"memory_mb,omitempty"` // the address space that an exec voice may use
	// Normalise is how much the script spells out for this voice: full, light
	// or off. Empty is the backend's default.
	Normalise string `yaml:"normalise,omitempty"`
}

// siteConfig is one publication.
type siteConfig struct {
	Title    string `yaml:"title"`              // the publication, as listeners see it; empty is the site's name
	URL      string `yaml:"url,omitempty"`      // the publication's own address
	Language string `yaml:"language,omitempty"` // of articles that state none, as a BCP 47 tag
	// Voices names, by language, the voices to use: the first that can is
	// used, the rest are the fallback for a whole article. "*" stands for any
	// other language; without it every configured voice may be asked.
	Voices map[string][]string `yaml:"voices,omitempty"`
	// VoicesByRole names the voices of single kinds of segments (title, byline,
	// standfirst, heading, quote, item, caption, disclosure), which read beside the
	// preferred voice, so long as they speak the language and their MP3 is of
	// its form. A fallback reads the whole article.
	VoicesByRole map[lector.SegmentKind]string `yaml:"voices_by_role,omitempty"`
	// Speed is the pace of all voices here: 1 is their own.
	Speed float64 `yaml:"speed,omitempty"`
	// SpokenDisclosure is whether the disclosure is spoken: off, start or both.
	SpokenDisclosure string `yaml:"spoken_disclosure,omitempty"`
	// Loudness is what renditions are levelled to, without re-encoding: a figure
	// in LUFS, such as -16, or off. Empty is -19 in mono and -16 in stereo, which
	// sound alike. No true peak is raised above -1 dBTP.
	Loudness loudness      `yaml:"loudness,omitempty"`
	Include  includeConfig `yaml:"include,omitempty"`
	// Rules are selectors for parts of this site's pages that are to be read
	// or skipped.
	Rules  extract.Rules `yaml:"rules,omitempty"`
	Budget budgetConfig  `yaml:"budget,omitempty"`
	// Policy names articles that are not read. An article with the tag no-audio, or
	// whose event says audio: off, never is.
	Policy policyConfig `yaml:"policy,omitempty"`
	// Breaking names articles that are read before all others.
	Breaking breakingConfig `yaml:"breaking,omitempty"`
	// Podcast describes /feed/NAME.xml to podcast directories.
	Podcast podcastConfig `yaml:"podcast,omitempty"`
	// Hooks takes the webhooks of a CMS at /hooks/SOURCE/SITE of the public address, by
	// their source: ghost, wordpress, arc, or webhook for any CMS that sends Standard Webhooks.
	Hooks map[string]hookConfig `yaml:"hooks,omitempty"`
	// Notify names addresses that are told what became of the audio of articles, by signed
	// webhooks of Standard Webhooks. What cannot be told is tried again for a day.
	Notify map[string]notifyConfig `yaml:"notify,omitempty"`
	// Purge has a CDN forget an article that was withdrawn.
	Purge purgeConfig `yaml:"purge,omitempty"`
	// Listening is whether it is counted how articles are listened to: plays, quarters and
	// where listeners leave, as sums a day, without cookies, identifiers or addresses. Who
	// wants no tracking (Do Not Track, Global Privacy Control) is not counted. Default true.
	Listening *bool `yaml:"listening,omitempty"`
	// SourceFeed is the address of an RSS, Atom or JSON feed, a sitemap or an index of
	// sitemaps that lists the articles of a site without access to its CMS. It is
	// read each minute, and the pages of new and changed articles are fetched.
	SourceFeed string `yaml:"source_feed,omitempty"`
	// CMS is the system that the articles stand in. It is asked each minute what has
	// changed and each night for everything, since webhooks get lost; without any it is
	// enough alone.
	CMS cmsConfig `yaml:"cms,omitempty"`
	// Backfill is how long ago an article may have been published that is listed, was
	// never announced, and is read; 0 is any. Default 168h. One of which nobody states a
	// date is read if it appears in a feed after all were compared once.
	Backfill *time.Duration `yaml:"backfill,omitempty"`
	// AllowPrivate is whether the CMS, the feed, the pages and whom notify and purge name
	// may have addresses of this machine and its network.
	AllowPrivate bool `yaml:"allow_private,omitempty"`
	// Frames are the origins that may frame the embed page; empty is any.
	Frames []string `yaml:"frames,omitempty"`
}

// includeConfig says which of the optional parts are read.
type includeConfig struct {
	Byline   *bool `yaml:"byline,omitempty"`   // default true
	Captions bool  `yaml:"captions,omitempty"` // whether captions of pictures are read
	// Corrections is where paragraphs are read that begin with "Correction:", "Update:"
	// and the like: place, where they stand; start, before the text; off, nowhere. The
	// default is place.
	Corrections extract.Corrections `yaml:"corrections,omitempty"`
	// Foreign is what becomes of a paragraph in letters that the voice cannot
	// read: skip leaves it out, refuse fails the article.
	Foreign script.Foreign `yaml:"foreign,omitempty"`
}

// breakingConfig names articles that are read before all others, although their events
// name no lane: one of a section or of a tag here. Capital and small letters are alike.
type breakingConfig struct {
	Sections []string `yaml:"sections,omitempty"` // whose articles are read before all others
	Tags     []string `yaml:"tags,omitempty"`     // with which articles are read before all others
}

// cmsConfig is a content management system of a site; one of these.
type cmsConfig struct {
	Ghost     ghostConfig     `yaml:"ghost,omitempty"`     // by its Admin API
	WordPress wordpressConfig `yaml:"wordpress,omitempty"` // by its REST API
	// WriteBack is whether the CMS is told the addresses of the audio of its articles: Ghost
	// in the code injection of the post, WordPress in a field of the post.
	WriteBack bool `yaml:"write_back,omitempty"`
}

// ghostConfig is a Ghost.
type ghostConfig struct {
	URL string       `yaml:"url"` // the address of the site, as https://reader.example
	Key secretSource `yaml:"key"` // the Admin API key of an integration: {env: NAME} or {file: PATH}
}

// wordpressConfig is a WordPress.
type wordpressConfig struct {
	URL string `yaml:"url"` // the address of the site
	// User may edit all posts: then a withdrawn post is noticed within a minute, else in
	// the night.
	User     string       `yaml:"user,omitempty"`
	Password secretSource `yaml:"password,omitempty"` // an application password of the user: {env: NAME} or {file: PATH}
	Types    []string     `yaml:"types,omitempty"`    // of posts that are read, by their names in the REST API; default posts
}

// policyConfig names public articles of a site that are not read. Capital and small
// letters are alike.
type policyConfig struct {
	Sections    []string `yaml:"sections,omitempty"`     // whose articles are not read
	Tags        []string `yaml:"tags,omitempty"`         // with which articles are not read
	Types       []string `yaml:"types,omitempty"`        // of which articles are not read
	ShorterThan int      `yaml:"shorter_than,omitempty"` // characters that an article has at least
	LongerThan  int      `yaml:"longer_than,omitempty"`  // characters that an article has at most
}

// budgetConfig bounds what a site may spend; 0 is no bound.
type budgetConfig struct {
	// CharactersPerArticle parks an article that would take more, before
	// anything is spent. Without it, one of more than 200000 fails.
	CharactersPerArticle int     `yaml:"characters_per_article,omitempty"`
	DollarsPerArticle    float64 `yaml:"dollars_per_article,omitempty"`  // US dollars that one article may cost
	CharactersPerDay     int     `yaml:"characters_per_day,omitempty"`   // characters in a day, in UTC
	CharactersPerMonth   int     `yaml:"characters_per_month,omitempty"` // characters in a calendar month
	CharactersPerHour    int     `yaml:"characters_per_hour,omitempty"`  // characters in an hour
	DollarsPerHour       float64 `yaml:"dollars_per_hour,omitempty"`     // US dollars in an hour
	DollarsPerDay        float64 `yaml:"dollars_per_day,omitempty"`      // US dollars in a day, in UTC
	DollarsPerMonth      float64 `yaml:"dollars_per_month,omitempty"`    // US dollars in a calendar month
}

// secret is a value that is never printed.
type secret string

// String hides the value from logs and messages.
func (s secret) String() string {
	if s == "" {
		return ""
	}
	return "[redacted]"
}

// GoString hides it from %#v too.
func (s secret) GoString() string { return s.String() }

// MarshalYAML hides it from lector config.
func (s secret) MarshalYAML() (any, error) { return s.String(), nil }

// MarshalJSON hides it from JSON.
func (s secret) MarshalJSON() ([]byte, error) { return []byte(`"` + s.String() + `"`), nil }

// UnmarshalText reads the value from the environment.
func (s *secret) UnmarshalText(text []byte) error {
	*s = secret(text)
	return nil
}

func defaults() config {
	return config{
		Data: "./data", Listen: ":8080", AdminListen: "127.0.0.1:9090",
		NATS:   natsConfig{Listen: "127.0.0.1:0", Replicas: 1},
		Store:  storeConfig{Kind: "disk", Region: "us-east-1"},
		Worker: workerConfig{ConcurrentJobs: 4, ConcurrentCalls: 8, RerenderLimit: 1.5, EditWait: 20 * time.Second, DrainTimeout: 45 * time.Second},
		Log:    logConfig{Level: "info", Format: "text"},
		Traces: tracesConfig{SampleRatio: 1},
	}
}

// maxArticle is the longest article that is read where no site says otherwise:
// four hours or so.
const maxArticle = 200_000

// defaultSite is the made-up paper of the demo. It stands when no sites are
// configured.
const defaultSite = "havana"

// complete fills in what the file left out and is more than a value.
func (c *config) complete() {
	if len(c.Voices) == 0 {
		c.Voices = map[string]voiceConfig{"reader": {Backend: "system"}}
	}
	if len(c.Sites) == 0 {
		c.Sites = map[string]siteConfig{defaultSite: {Title: "The Havana Reader", URL: "https://reader.example", Language: "en"}}
	}
	for name, s := range c.Sites {
		if s.SpokenDisclosure == "" {
			s.SpokenDisclosure = "start"
		}
		if s.Language == "" {
			s.Language = "en"
		}
		if s.Title == "" {
			s.Title = name
		}
		c.Sites[name] = s
	}
}

// localURL is the address of the public HTTP server on this machine.
func (c *config) localURL() string { return localURL(c.Listen) }

// site returns a configured site.
func (c *config) site(name string) (siteConfig, error) {
	if s, ok := c.Sites[name]; ok {
		return s, nil
	}
	if name == "" {
		return siteConfig{}, usageError{lector.Hint(errors.New("no site is named"), "several are configured: name one of %s with -site", joinKeys(c.Sites))}
	}
	return siteConfig{}, usageError{lector.Hint(unknownError("site", name), "configured sites: %s; add it under sites: in lector.yaml", joinKeys(c.Sites))}
}

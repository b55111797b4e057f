package main

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"slices"
	"strings"
	"time"

	"golang.org/x/text/language"

	"lector"
	"lector/worker"
	"lector/worker/script"
)

// check refuses settings that cannot work, naming the key.
func (c *config) check() error {
	for _, check := range []func() error{
		c.checkAddresses, c.checkNATS, c.checkStore, c.checkNumbers, c.checkLog, c.checkTraces, c.checkVoices, c.checkSites,
	} {
		if err := check(); err != nil {
			return fmt.Errorf("settings: %w", err)
		}
	}
	return nil
}

func (c *config) checkAddresses() error {
	for key, address := range map[string]string{"listen": c.Listen, "admin_listen": c.AdminListen, "nats.listen": c.NATS.Listen} {
		if _, _, err := net.SplitHostPort(address); err != nil {
			return lector.Hint(fmt.Errorf("%s: %w", key, err), "give HOST:PORT, for example 127.0.0.1:8080")
		}
	}
	return errors.Join(
		c.checkAccess(),
		checkPublic("public_url", c.PublicURL), checkPublic("store.public_url", c.Store.PublicURL),
		checkServer("store.endpoint", c.Store.Endpoint, "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"),
	)
}

func (c *config) checkStore() error {
	switch {
	case c.Data == "":
		return lector.Hint(errors.New("data: is empty"), "name a directory, for example ./data")
	case c.Store.Kind != "disk" && c.Store.Kind != "s3":
		return fmt.Errorf("store.kind: %q is neither disk nor s3", c.Store.Kind)
	case c.Store.Kind == "s3" && c.Store.Bucket == "":
		return fmt.Errorf("store.bucket: is needed for s3")
	}
	return nil
}

// maxParallel is how much a worker may do at once: each thing costs memory before it
// does anything.
const maxParallel = 1000

func (c *config) checkNumbers() error {
	for key, n := range map[string]int{
		"worker.concurrent_jobs": c.Worker.ConcurrentJobs, "worker.concurrent_calls": c.Worker.ConcurrentCalls, "nats.replicas": c.NATS.Replicas,
	} {
		if n < 1 {
			return fmt.Errorf("%s: %d is less than 1", key, n)
		}
		if n > maxParallel {
			return fmt.Errorf("%s: %d is more than %d", key, n, maxParallel)
		}
	}
	if w := c.Worker.EditWait; w < 0 || w > worker.MaxEditWait {
		return lector.Hint(fmt.Errorf("worker.edit_wait: %v is not from 0 to %v", w, worker.MaxEditWait), "20s is the default; 0 reads each edit")
	}
	if d := c.Worker.DrainTimeout; d < 0 || d > time.Hour {
		return lector.Hint(fmt.Errorf("worker.drain_timeout: %v is not from 0 to 1h", d), "45s is the default")
	}
	if r := c.Worker.RerenderLimit; !(r >= 1 && r <= maxParallel) { // nor NaN
		return lector.Hint(fmt.Errorf("worker.rerender_limit: %v is not from 1 to %d", r, maxParallel), "1.5 is one and a half times the article")
	}
	return nil
}

func (c *config) checkLog() error {
	var level slog.Level
	if err := level.UnmarshalText([]byte(c.Log.Level)); err != nil {
		return fmt.Errorf("log.level: %q is not debug, info, warn or error", c.Log.Level)
	}
	if c.Log.Format != "text" && c.Log.Format != "json" {
		return fmt.Errorf("log.format: %q is neither text nor json", c.Log.Format)
	}
	return nil
}

func (c *config) checkVoices() error {
	for name, v := range c.Voices {
		key := "voices." + name
		switch {
		case v.Backend == "":
			return fmt.Errorf("%s.backend: is missing", key)
		case min(float64(v.MaxChars), float64(v.Concurrency), v.Price, v.PerSecond, v.Speed, float64(v.Timeout)) < 0:
			return fmt.Errorf("%s: a limit, price, speed or time is negative", key)
		case v.Normalise != "" && !slices.Contains([]string{"full", "light", "off"}, v.Normalise):
			return fmt.Errorf("%s.normalise: %q is not full, light or off", key, v.Normalise)
		}
		const hint = "put the key into the environment and name its variable with key_env"
		if err := errors.Join(checkSpeed(key, v.Speed), checkServer(key+".url", v.URL, hint), checkEnv(key, v)); err != nil {
			return err
		}
	}
	return nil
}

// checkPublication refuses what would stand in feeds and tags as it is.
func checkPublication(key string, s siteConfig) error {
	if err := errors.Join(checkPublic(key+".url", s.URL), checkPublic(key+".podcast.image", s.Podcast.Image)); err != nil {
		return err
	}
	if _, err := language.Parse(s.Language); err != nil {
		return lector.Hint(fmt.Errorf("%s.language: %q is no language tag", key, s.Language), "give one such as en or uk")
	}
	return nil
}

func (c *config) checkSites() error {
	for name, s := range c.Sites {
		key := "sites." + name
		if !lector.ValidSite(name) {
			return lector.Hint(fmt.Errorf("%s: no usable name", key), "use 1 to 63 characters of a-z, 0-9, _ and -")
		}
		if err := checkPublication(key, s); err != nil {
			return err
		}
		if err := checkSource(key, s); err != nil {
			return err
		}
		if s.SpokenDisclosure != "off" && s.SpokenDisclosure != "start" && s.SpokenDisclosure != "both" {
			return fmt.Errorf("%s.spoken_disclosure: %q is not off, start or both", key, s.SpokenDisclosure)
		}
		if err := s.Loudness.check(key); err != nil {
			return err
		}
		if f := s.Include.Foreign; f != "" && f != script.SkipForeign && f != script.RefuseForeign {
			return fmt.Errorf("%s.include.foreign: %q is neither skip nor refuse", key, f)
		}
		if c := s.Include.Corrections; !c.Valid() {
			return fmt.Errorf("%s.include.corrections: %q is not place, start or off", key, c)
		}
		if err := s.Rules.Check(); err != nil {
			return fmt.Errorf("%s.rules: %w", key, err)
		}
		err := errors.Join(checkFrames(key, s.Frames), s.Breaking.check(key+".breaking"), s.Policy.check(key+".policy"),
			checkHooks(key, s.Hooks), checkNotify(key, s))
		if err != nil {
			return err
		}
		b := s.Budget
		characters := min(b.CharactersPerArticle, b.CharactersPerDay, b.CharactersPerHour, b.CharactersPerMonth)
		dollars := min(b.DollarsPerArticle, b.DollarsPerHour, b.DollarsPerDay, b.DollarsPerMonth)
		if characters < 0 || dollars < 0 {
			return fmt.Errorf("%s.budget: a bound is negative", key)
		}
		if err := c.checkCast(key, s); err != nil {
			return err
		}
	}
	return nil
}

// checkSource refuses what cannot be read as a feed.
func checkSource(key string, s siteConfig) error {
	if s.Backfill != nil && *s.Backfill < 0 {
		return lector.Hint(fmt.Errorf("%s.backfill: %v is negative", key, *s.Backfill), "168h is the default; 0 reads the whole archive")
	}
	sources := []error{}
	if s.SourceFeed != "" {
		sources = append(sources, checkServer(key+".source_feed", s.SourceFeed, "give the address of a feed that anybody can read"))
	}
	if g := s.CMS.Ghost; g != (ghostConfig{}) {
		sources = append(sources, errors.Join(checkCMS(key+".cms.ghost", g.URL), g.Key.check(key+".cms.ghost.key")))
	}
	if w := s.CMS.WordPress; w.URL != "" || w.User != "" {
		err := checkCMS(key+".cms.wordpress", w.URL)
		if w.User != "" {
			err = errors.Join(err, w.Password.check(key+".cms.wordpress.password"))
		}
		sources = append(sources, err)
	}
	if len(sources) > 1 {
		return lector.Hint(fmt.Errorf("%s: articles are listed in %d places", key, len(sources)), "keep one of source_feed, cms.ghost and cms.wordpress")
	}
	return errors.Join(append(sources, checkWriteBack(key, s.CMS))...)
}

// checkCMS refuses what is no address of a site.
func checkCMS(key, address string) error {
	if address == "" {
		return fmt.Errorf("%s.url: is missing", key)
	}
	return checkServer(key+".url", address, "give the login by its own keys")
}

// check refuses bounds that leave nothing to read.
func (p policyConfig) check(key string) error {
	if p.ShorterThan < 0 || p.LongerThan < 0 {
		return fmt.Errorf("%s: a bound is negative", key)
	}
	if p.LongerThan > 0 && p.ShorterThan > p.LongerThan {
		return fmt.Errorf("%s: nothing is as long as shorter_than %d and as short as longer_than %d", key, p.ShorterThan, p.LongerThan)
	}
	return breakingConfig{Sections: p.Sections, Tags: slices.Concat(p.Tags, p.Types)}.check(key)
}

// check refuses an empty name: it would mean every article without a section.
func (b breakingConfig) check(key string) error {
	for list, names := range map[string][]string{"sections": b.Sections, "tags": b.Tags} {
		if slices.Contains(names, "") {
			return fmt.Errorf("%s.%s: a name is empty", key, list)
		}
	}
	return nil
}

// checkCast refuses voices of a site that are not configured.
func (c *config) checkCast(key string, s siteConfig) error {
	there := func(key, voice string) error {
		if _, ok := c.Voices[voice]; !ok {
			return fmt.Errorf("%s: there is no voice %q; configured are %s", key, voice, joinKeys(c.Voices))
		}
		return nil
	}
	for language, names := range s.Voices {
		for _, v := range names {
			if err := there(key+".voices."+language, v); err != nil {
				return err
			}
		}
	}
	for kind, v := range s.VoicesByRole {
		if !strings.Contains(" "+voiceRoles+" ", " "+string(kind)+" ") {
			return lector.Hint(fmt.Errorf("%s.voices_by_role.%s: there is no such kind of segment", key, kind), "known are %s", voiceRoles)
		}
		if err := there(fmt.Sprintf("%s.voices_by_role.%s", key, kind), v); err != nil {
			return err
		}
	}
	return checkSpeed(key, s.Speed)
}

// voiceRoles are the kinds of segments that a voice of their own may read.
const voiceRoles = "title byline standfirst heading quote item caption disclosure"

// checkSpeed refuses a pace that is outside of the range that can be understood.
func checkSpeed(key string, speed float64) error {
	if speed != 0 && !(speed >= 0.5 && speed <= 2) {
		return fmt.Errorf("%s.speed: %g is not between 0.5 and 2", key, speed)
	}
	return nil
}

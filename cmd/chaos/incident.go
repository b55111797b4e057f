package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"regexp"
	"strings"
	"time"
)

// incident is something that goes wrong by script: what breaks, which alerts that must
// raise, what is done about it.
type incident struct {
	name    string
	breaks  func(d *drill, ctx context.Context) error
	article int      // paragraphs of the article that is published meanwhile
	alerts  []string // of which one must fire; empty: none may, since it heals by itself
	state   string   // that lector why shows then
	mend    []step
}

// step is one thing that the person on call does, or waits for, in words, and how it is
// done here.
type step struct {
	says string
	does func(d *drill, ctx context.Context) error
}

// The keys that the voice knows, one after the other, and a day's budgets.
const (
	firstKey, secondKey     = "first-key", "second-key"
	smallBudget, goodBudget = 400, 1_000_000
)

// theIncidents are played in this order.
func theIncidents() []incident {
	return []incident{
		{
			name: "voice down", article: 2, alerts: []string{"LectorVoiceDown", "LectorJobsParked"}, state: "parked",
			breaks: func(d *drill, _ context.Context) error { d.voice.setFault(breakDown, 1); return nil },
			mend: []step{
				{"the provider repairs its service", func(d *drill, _ context.Context) error { d.voice.setFault(noFault, 1); return nil }},
				command("voices", "test", "meter"),
			},
		},
		{
			name: "key revoked (401)", article: 2, alerts: []string{"LectorKeyRefused"}, state: "parked",
			breaks: func(d *drill, _ context.Context) error { d.voice.setKey(secondKey); return nil },
			mend: []step{
				{"the new key goes into the file that " + voiceKey + "_FILE names",
					func(d *drill, _ context.Context) error { return d.writeKey(secondKey) }},
				newSettings(),
			},
		},
		{
			name: "budget gone", article: 6, alerts: []string{"LectorBudgetExhausted"}, state: "parked",
			breaks: func(d *drill, ctx context.Context) error { return d.setBudget(ctx, smallBudget) },
			mend: []step{
				{"sites.alpha.budget is raised in lector.yaml",
					func(d *drill, _ context.Context) error { return d.writeBudget(goodBudget) }},
				newSettings(),
			},
		},
		{
			name: "poison article", article: 1, alerts: []string{"LectorJobsFail"}, state: "dead_letter",
			breaks: (*drill).killAtArticle,
			mend: []step{
				{"what killed the workers is mended", func(d *drill, _ context.Context) error { d.voice.hear(nil); return nil }},
				asWhySays(),
			},
		},
		{
			name: "consumer deleted", article: 2,
			breaks: func(d *drill, ctx context.Context) error { return d.broker.deleteConsumers(ctx, "ARTICLES") },
		},
		{
			name: "store full", article: 2, alerts: []string{"LectorStorageTrouble"}, state: "parked",
			breaks: func(d *drill, _ context.Context) error { d.store.setFault(storeFull, 1); return nil },
			mend: []step{
				{"room is made in the bucket", func(d *drill, _ context.Context) error { d.store.setFault(storeWell, 1); return nil }},
				command("doctor"),
			},
		},
	}
}

// command is a command of Lector.
func command(args ...string) step {
	text := "lector"
	for _, a := range args {
		text += " " + a
	}
	return step{text, func(d *drill, ctx context.Context) error { return d.typed(ctx, args) }}
}

// asWhySays is the command that lector why has named, without a question.
func asWhySays() step {
	return step{"REMEDY", func(d *drill, ctx context.Context) error {
		words := strings.Fields(d.remedy)
		if len(words) < 2 || words[0] != "lector" {
			return fmt.Errorf("%q is no command", d.remedy)
		}
		return d.typed(ctx, append(words[1:], "-yes"))
	}}
}

// newSettings waits until each worker has read its settings and the key again.
func newSettings() step {
	return step{"the workers read it by themselves", (*drill).awaitReload}
}

// writeKey writes the key that the workers and commands show to the voice.
func (d *drill) writeKey(key string) error { return os.WriteFile(d.keyFile, []byte(key+"\n"), 0o600) }

// writeBudget bounds what the first site may spend in a day, in the settings of all.
func (d *drill) writeBudget(characters int) error {
	d.budgets[d.site] = characters
	for _, name := range append(d.workerNames(), "commands") {
		if _, err := d.writeConfig(name, d.speaks); err != nil {
			return err
		}
	}
	return nil
}

func (d *drill) setBudget(ctx context.Context, characters int) error {
	return errors.Join(d.writeBudget(characters), d.awaitReload(ctx))
}

// reloaded is what a worker shows for each time that it has taken new settings.
var reloaded = regexp.MustCompile(`lector_settings_reloads_total\{outcome="applied"\} (\d+)`)

// awaitReload waits until each worker has taken the settings that have just been written.
// Nobody restarts any of them.
func (d *drill) awaitReload(ctx context.Context) error {
	for _, name := range d.workerNames() {
		var times string
		err := until(ctx, 250*time.Millisecond, func() bool {
			_, page, err := get(ctx, "http://"+d.admin[name]+"/metrics")
			if m := reloaded.FindSubmatch(page); err == nil && m != nil {
				times = string(m[1])
			}
			return times != "" && times != cmp.Or(d.reloads[name], "0")
		})
		if err != nil {
			return fmt.Errorf("%s has not read its settings again: %w", name, err)
		}
		d.reloads[name] = times
	}
	return nil
}

// killAtArticle kills each worker that asks the voice for the article, as the kernel does
// where memory runs out, and starts it again.
func (d *drill) killAtArticle(ctx context.Context) error {
	d.voice.hear(func(worker, _ string) {
		c := d.workers[worker]
		if c == nil {
			return
		}
		d.meter.strike(worker, "poison article")
		c.kill()
		d.meter.heal(worker)
		if err := c.start(context.WithoutCancel(ctx)); err != nil {
			d.log("%s cannot be started again: %v", worker, err)
		}
	})
	return nil
}

// typed runs a command as the person on call would.
func (d *drill) typed(ctx context.Context, args []string) error {
	start := time.Now()
	out, err := d.lector(ctx, args...)
	d.log("lector %v took %v: %s", args, time.Since(start).Round(time.Millisecond), lastOf(out))
	return err
}

package main

import (
	"context"
	"fmt"
	"strings"
	"text/tabwriter"
)

// command is one word after "lector".
type command struct {
	name, args, summary string
	help                string // what -h says above the flags; examples are welcome
	run                 func(a *app, ctx context.Context, args []string) error
}

// commands returns the table, in the order in which help shows it.
func commands() []command {
	return []command{
		{"demo", "[flags]", "starts everything here and narrates a made-up newspaper", demoHelp, (*app).demo},
		{"serve", "[flags]", "everything in one process: NATS, worker, public HTTP server", serveHelp, (*app).serve},
		{"worker", "[flags]", "the worker alone", workerHelp, (*app).worker},
		{"publisher", "[flags]", "the public HTTP server alone", publisherHelp, (*app).publisher},
		{"setup", "[flags]", "creates streams, consumers and buckets", setupHelp, (*app).setup},
		{"script", "[flags] FILE|URL|-", "what would be read of an article, what is dropped and why", scriptHelp, (*app).script},
		{"narrate", "[flags] FILE|URL|-", "reads one article aloud into a directory, without a broker", narrateHelp, (*app).narrate},
		{"stitch", "-o OUT.mp3 [flags] IN.mp3…", "joins MP3s without re-encoding them", stitchHelp, (*app).stitch},
		{"inspect", "[flags] FILE.mp3", "what is in an MP3 and what is wrong with it", inspectHelp, (*app).inspect},
		{"publish", "[flags] FILE|URL|-", "announces an article, as a CMS does", publishHelp, (*app).publish},
		{"unpublish", "[flags] ID", "withdraws an article, as a CMS does", unpublishHelp, (*app).unpublish},
		{"reconcile", "[flags]", "compares what a site has published with its audio, and heals", reconcileHelp, (*app).reconcile},
		{"connect", "ghost [flags]", "has a CMS send its webhooks here, and says what is left to do", connectHelp, (*app).connect},
		{"event", "check [flags] FILE|-", "whether an article event is good, and what would become of it", eventHelp, (*app).event},
		{"jobs", "[flags] [list | show ID | watch]", "what became of each article", jobsHelp, (*app).jobs},
		{"why", "[flags] SITE ID | URL", "why an article has audio, or none, and what mends it", whyHelp, (*app).why},
		{"listening", "[flags] SITE [ID]", "how articles are listened to, and where listeners leave", listeningHelp, (*app).listening},
		{"replay", "[flags] [ID… | list | show ID | pause ID | resume ID | cancel ID]", "runs jobs again", replayHelp, (*app).replay},
		{"cancel", "[flags] ID", "ends a job that is queued, parked or running", cancelHelp, (*app).cancel},
		{"pause", "[flags] [lane | site | voice NAME]", "pauses a lane, a site or a voice, or lists what is paused", pauseHelp,
			(*app).pause},
		{"resume", "[flags] lane | site | voice NAME", "lets it go on", resumeHelp, (*app).resume},
		{"deadletters", "[flags] [list | show ID | replay ID… | drop ID…]", "what nobody could work on", deadLettersHelp,
			(*app).deadLetters},
		{"audit", "[flags]", "who did what by the console and by commands", auditHelp, (*app).audit},
		{"token", "[flags] [create NAME | list | revoke ID]", "who may look at the admin listener, and do what there", tokenHelp,
			(*app).token},
		{"rules", "[flags]", "which rules of reading are off at a site, and by whom", rulesHelp, (*app).rules},
		{"lexicon", "[flags] [list | set | remove | import | export | test | impact]", "how words are pronounced", lexiconHelp,
			(*app).lexicon},
		{"store", "copy [flags] FROM TO", "moves clips, renditions and pronunciations into another store", storeHelp, (*app).storeCommand},
		{"backup", "[flags] DIR", "writes a one-machine installation into a directory, while it works", backupHelp, (*app).backup},
		{"restore", "[flags] DIR", "makes it again in an empty data directory, and checks it", restoreHelp, (*app).restore},
		{"erase", "[flags] SITE ID", "removes every trace of an article that was withdrawn", eraseHelp, (*app).erase},
		{"gc", "[flags]", "removes clips that no rendition needs", gcHelp, (*app).gc},
		{"voices", "[flags] [list | test NAME]", "what can speak here, limits and price", voicesHelp, (*app).voices},
		{"cost", "[flags]", "what the voices cost, by day, site and voice", costHelp, (*app).cost},
		{"bench", "[flags]", "how fast the whole pipeline is on this machine, with a silent voice", benchHelp, (*app).bench},
		{"doctor", "[flags]", "what is wrong here, and how to mend it", doctorHelp, (*app).doctor},
		{"config", "[flags]", "the effective settings", configHelp, (*app).config},
		{"healthcheck", "[flags]", "whether the lector on this machine is ready", healthcheckHelp, (*app).healthcheck},
		{"version", "", "what is installed", "Prints the version, the commit and the Go release.", (*app).version},
		{"help", "[COMMAND]", "this list, or a command's own help", "Lists the commands, or explains one.", (*app).help},
	}
}

func findCommand(name string) (command, bool) {
	for _, c := range commands() {
		if c.name == name {
			return c, true
		}
	}
	return command{}, false
}

func (a *app) help(ctx context.Context, args []string) error {
	if len(args) > 0 {
		if c, ok := findCommand(args[0]); ok && c.name != "help" {
			return c.run(a, ctx, []string{"-h"})
		}
		if args[0] != "help" && args[0] != "-h" {
			return unknownCommandError(args[0])
		}
	}
	fmt.Fprint(a.stdout, "lector turns every article a newsroom publishes into audio.\n\nUsage: lector COMMAND [flags]\n\n")
	w := tabwriter.NewWriter(a.stdout, 0, 0, 2, ' ', 0)
	for _, c := range commands() {
		fmt.Fprintf(w, "  %s\t%s\n", c.name, c.summary)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	fmt.Fprint(a.stdout, "\nlector COMMAND -h explains one command. Start with: lector demo\n")
	return nil
}

// suggestion names the command that was probably meant.
func suggestion(name string) string {
	var names []string
	for _, c := range commands() {
		if len(name) > 1 && (strings.HasPrefix(c.name, name) || strings.HasPrefix(name, c.name)) {
			return "did you mean lector " + c.name + "?"
		}
		names = append(names, c.name)
	}
	if meant := nearest(name, names); meant != "" {
		return "did you mean lector " + meant + "?"
	}
	return "lector help lists the commands"
}

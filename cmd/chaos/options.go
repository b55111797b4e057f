package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"
	"time"
)

// options are what the flags say.
type options struct {
	Seed, Seeds uint64
	Duration    time.Duration
	Settle      time.Duration
	Gap         time.Duration
	Articles    int
	Longest     int
	Workers     int
	Store       string
	Single      bool
	JSON        bool
	Plan        bool
	Keep        bool
	Dir         string
	Lector      string
	Failpoints  string
	Only        string
	LeaderKills int
	Takedowns   int
	Before      string
	Incidents   bool
	Speed       int
}

const help = `chaos runs an installation of Lector, breaks it again and again, and checks that
nothing is lost, nothing is paid twice and nothing is stuck without a word.

It starts real processes: two workers, a publisher, three NATS servers and an S3
server (versitygw, see make test), or with -single one lector serve. The voice
is a server in this process that answers with real speech and meters what a
provider would bill. Newsrooms publish, edit, withdraw and republish articles,
and send events that nobody can work on, while processes are killed, frozen and
restarted, the network is delayed, cut or half-open, and store and voice answer
with errors. Then it all heals, and what is public, announced, recorded and
booked is compared with what was sent and metered.

  go run ./cmd/chaos -seed 7               one run of 90 seconds, seed 7
  go run ./cmd/chaos -seeds 10 -json       ten runs, seeds 1 to 10
  go run ./cmd/chaos -seed 7 -plan         what would be done, and when
  go run ./cmd/chaos -seed 7 -only voice   only faults whose name contains voice
  go run ./cmd/chaos -leader-kills 20      no schedule: how long nothing goes on when
                                           the leader is killed, beside a bare client
  go run ./cmd/chaos -takedowns 10         no schedule: how long articles that are withdrawn
                                           stay public while every place is taken
  go run ./cmd/chaos -incidents            no schedule: one incident after the other, which
                                           alert tells of it, and what mends it

A seed replays the schedule of events and faults; which instruction a process is
at when it is killed is the machine's. Exit status: 0 all promises held, 1 some
were broken, 2 the command was misused or the run itself failed.

Flags:
`

// parseOptions reads the flags.
func parseOptions(args []string, stderr io.Writer) (options, error) {
	var o options
	f := flag.NewFlagSet("chaos", flag.ContinueOnError)
	f.SetOutput(stderr)
	f.Usage = func() { fmt.Fprint(stderr, help); f.PrintDefaults() }
	f.Uint64Var(&o.Seed, "seed", 1, "the `NUMBER` of the first schedule")
	f.Uint64Var(&o.Seeds, "seeds", 1, "run so `MANY` schedules, one after the other")
	f.DurationVar(&o.Duration, "duration", 90*time.Second, "send events and faults for this `TIME`, in each run")
	f.DurationVar(&o.Settle, "settle", 5*time.Minute, "then wait at most this `TIME` until all jobs are at rest")
	f.DurationVar(&o.Gap, "gap", 2500*time.Millisecond, "the mean `TIME` between two faults")
	f.IntVar(&o.Articles, "articles", 40, "`HOW MANY` articles there are in each run")
	f.IntVar(&o.Longest, "longest", 20, "`PARAGRAPHS` of the longest article")
	f.IntVar(&o.Workers, "workers", 2, "`HOW MANY` workers share the work")
	f.StringVar(&o.Store, "store", "s3", "the `KIND` of the store: s3 or disk")
	f.BoolVar(&o.Single, "single", false, "one lector serve with its embedded NATS server and disk store")
	f.BoolVar(&o.JSON, "json", false, "print the results as JSON")
	f.BoolVar(&o.Plan, "plan", false, "print the faults and events of the first seed, and do nothing")
	f.BoolVar(&o.Keep, "keep", false, "keep the directory with data and logs, also of runs without violations")
	f.StringVar(&o.Dir, "dir", "", "keep data and logs in `DIRECTORY` (default a temporary one)")
	f.StringVar(&o.Lector, "lector", "", "the `PROGRAM` to break (default it is built of this module)")
	f.StringVar(&o.Failpoints, "failpoints", "", "`NAMES` of places to die at, with commas; given to workers as LECTOR_FAILPOINT=NAME:COUNT")
	f.StringVar(&o.Only, "only", "", "only faults whose name contains this `TEXT`")
	f.StringVar(&o.Before, "before", "", "the `PROGRAM` of an earlier build: the first worker is of it until it is started again")
	f.IntVar(&o.LeaderKills, "leader-kills", 0, "only kill the leader of the articles' stream so `MANY` times, and print the gaps")
	f.IntVar(&o.Takedowns, "takedowns", 0, "only withdraw so `MANY` articles while others take every place of every worker, and print how long that takes")
	f.BoolVar(&o.Incidents, "incidents", false, "only play the incidents, or those whose name contains one of the texts of -only, with commas, beside a Prometheus")
	f.IntVar(&o.Speed, "speed", 10, "divide the times in the rules of alerts by this `NUMBER`, with -incidents")
	if err := f.Parse(args); err != nil {
		return o, err
	}
	return o, o.check(f.NArg())
}

// check refuses what makes no sense.
func (o options) check(rest int) error {
	switch {
	case rest > 0:
		return errors.New("chaos takes flags only")
	case o.Store != "s3" && o.Store != "disk":
		return fmt.Errorf("-store: %q is neither s3 nor disk", o.Store)
	case o.Workers < 1 || o.Articles < 1 || o.Seeds < 1:
		return errors.New("-workers, -articles and -seeds are at least 1")
	case o.Longest < 1 || o.Duration <= 0 || o.Gap <= 0:
		return errors.New("-longest, -duration and -gap are above 0")
	case o.Speed < 1:
		return errors.New("-speed is at least 1")
	case o.Incidents && (o.Single || o.Store != "s3"):
		return errors.New("-incidents breaks an S3 store: leave -single and -store out")
	case o.Incidents && len(o.incidents()) == 0:
		return fmt.Errorf("-only: no incident is called %q", o.Only)
	case !o.Incidents && len(o.kinds()) == 0:
		return fmt.Errorf("-only: no fault is called %q", o.Only)
	}
	return nil
}

// kinds are the faults of this installation that are wanted.
func (o options) kinds() (wanted []faultKind) {
	for _, k := range faultKinds(o) {
		if strings.Contains(k.name, o.Only) {
			wanted = append(wanted, k)
		}
	}
	return wanted
}

// workerNames are the processes that work.
func (o options) workerNames() (names []string) {
	if o.Single {
		return []string{"serve"}
	}
	for i := range o.Workers {
		names = append(names, fmt.Sprintf("worker%d", i+1))
	}
	return names
}

// links are the workers' connections to NATS.
func (o options) links() (names []string) {
	for _, w := range o.workerNames() {
		names = append(names, "link of "+w)
	}
	return names
}

// failpoint is the place at which a worker that is started is to die, or "".
func (o options) failpoint(pick int) string {
	if o.Failpoints == "" {
		return ""
	}
	names := strings.Split(o.Failpoints, ",")
	return fmt.Sprintf("%s:%d", names[pick%len(names)], 1+pick/len(names)%8)
}

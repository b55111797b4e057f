package nats

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats.go"

	"lector"
)

// violation is how the server names what a user may not do.
var violation = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?i)permissions violation for (publish|subscription) to "([^"]+)"`)
})

// refusals are the subjects that the server refused to this user, and its login if it
// refuses that. A request that is refused gets no answer: its reason arrives on another way.
type refusals struct {
	mu       sync.Mutex
	subjects map[string]bool
	last     string // the newest of them
	count    int    // how often anything was refused
	login    error  // why the login is refused; nil: it is not
	logins   int    // how often it was refused in a row
}

func newRefusals() *refusals { return &refusals{subjects: map[string]bool{}} }

// note notes the subject of a permission violation, and returns it; of any other
// error "".
func (r *refusals) note(err error) string {
	found := violation().FindStringSubmatch(err.Error())
	if !errors.Is(err, nats.ErrPermissionViolation) || found == nil {
		return ""
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.last = found[2]
	r.subjects[r.last] = true
	r.count++
	return r.last
}

// noteLogin notes that the login is refused, and reports whether that is new: the client
// tries again every few seconds.
func (r *refusals) noteLogin(why error) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.login = why
	r.logins++
	return r.logins == 1
}

// loginTaken notes that the login is not refused any more.
func (r *refusals) loginTaken() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.login, r.logins = nil, 0
}

// refusedLogin returns why the login is refused, or nil.
func (r *refusals) refusedLogin() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.login
}

// has reports whether a subject was refused.
func (r *refusals) has(subject string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.subjects[subject]
}

// counted returns how often anything was refused so far.
func (r *refusals) counted() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.count
}

// untilRefused returns a context that ends when the server refuses something to this
// user: what was refused is never answered.
func (c *Conn) untilRefused(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	before := c.refusals.counted()
	go func() {
		look := time.NewTicker(refusalCheck)
		defer look.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-look.C:
				if c.refusals.counted() > before {
					cancel()
				}
			}
		}
	}()
	return ctx, cancel
}

// newest returns the subject that was refused last, or "".
func (r *refusals) newest() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.last
}

// Explain adds to the error of a request that got no answer what the server
// refused to this user, and who may do it. Any other error stays as it is.
func (c *Conn) Explain(err error) error {
	subject := c.refusals.newest()
	if err == nil || subject == "" || !unanswered(err) {
		return err
	}
	return lector.Hint(fmt.Errorf("%s may not use %s: %w", c.options.user(), subject, err), "%s", roleHint(subject))
}

// checkInbox finds out whether answers can reach this client: without that every
// request would only time out. No message comes, and so the subscription has no room for
// any: SubscribeSync would make half a megabyte of it.
func (c *Conn) checkInbox() error {
	inbox := c.nc.NewInbox()
	s, err := c.nc.ChanSubscribe(inbox, make(chan *nats.Msg))
	if err != nil {
		return err
	}
	defer s.Unsubscribe() //nolint:errcheck // a refused one is not there
	if err := c.nc.FlushTimeout(inboxTimeout); err != nil {
		return err
	}
	if err := c.nc.LastError(); errors.Is(err, nats.ErrPermissionViolation) {
		return lector.Hint(fmt.Errorf("%s gets no answers in the role %s: %w", c.options.user(), c.options.Name, err), "%s", roleHint(inbox))
	}
	return nil
}

// inboxTimeout bounds the wait for the server's answer to a subscription.
const inboxTimeout = 10 * time.Second

// user names the login as an operator knows it.
func (o Options) user() string {
	switch {
	case o.User != "":
		return "the NATS user " + o.User
	case o.Credentials != "":
		return "the NATS user of " + o.Credentials
	}
	return "this NATS user"
}

// roleHint says which role of infra/deploy/nats.conf may use a subject.
func roleHint(subject string) string {
	roles := RolesFor(subject)
	if len(roles) == 0 {
		return "no role of infra/deploy/nats.conf needs it: compare the permissions of the server with that file"
	}
	return fmt.Sprintf("in infra/deploy/nats.conf the role that may is %s: log in as it with LECTOR_NATS_USER and LECTOR_NATS_PASSWORD, "+
		"or bring the permissions of the server up to that file", strings.Join(roles, " or "))
}

// rolesBySubject says which roles may use subjects that begin so; the first that
// fits counts. An inbox has the name of the client, which is the role that it is
// written for.
var rolesBySubject = []struct {
	prefix string
	roles  []string
}{
	{"article.v1.", []string{"cms", "ops", "publisher", "worker"}}, // a worker replays
	{"audio.v1.", []string{"worker"}},
	{notifyPrefix, []string{"worker", "ops"}},
	{requestPrefix, []string{"worker", "ops"}}, // who answers and who asks
	{usagePrefix, []string{"worker"}},
	{deadLetterPrefix, []string{"worker"}},
	{"$KV." + pauses + ".", []string{"ops"}},
	{"$KV." + access + ".", []string{"setup"}},
	{auditPrefix, []string{"worker", "ops", "setup"}}, // the console, the terminal
	{"$JS.API.CONSUMER.CREATE." + audit, []string{"setup", "worker", "ops"}},
	{"$JS.API.CONSUMER.DELETE." + audit, []string{"setup", "worker", "ops"}},
	{"$JS.API.STREAM.INFO." + audit, []string{"setup", "worker", "ops"}},
	{"$JS.API.STREAM.INFO.KV_" + access, []string{"setup", "worker", "ops"}},
	{"$KV." + jobs + ".", []string{"worker", "ops", "setup"}}, // setup erases
	{"$KV." + replays, []string{"worker", "ops"}},
	{"$KV." + listening, []string{"publisher", "worker", "setup"}}, // setup erases
	{"$JS.API.STREAM.INFO.KV_" + listening, []string{"setup", "publisher", "worker", "ops"}},
	{"$JS.API.STREAM.MSG.GET.KV_" + listening, []string{"setup", "publisher", "worker", "ops"}},
	{"$JS.API.CONSUMER.CREATE.KV_" + listening, []string{"setup", "worker", "ops"}},
	{"$JS.API.CONSUMER.DELETE.KV_" + listening, []string{"setup", "worker", "ops"}},
	{"$JS.FC.KV_" + listening, []string{"worker", "ops"}},
	{"$KV.", []string{"worker"}},
	{"$JS.ACK.", []string{"worker"}},
	{"_INBOX_cms.", []string{"cms", "ops", "publisher"}},
	{"_INBOX_publisher.", []string{"publisher"}},
	{"_INBOX.", []string{"cms"}},
	{"_INBOX_worker.", []string{"worker"}},
	{"_INBOX_setup.", []string{"setup"}},
	{"_INBOX_", []string{"ops"}},
	{"$JS.API.CONSUMER.CREATE." + articles + "." + consumer, []string{"setup", "worker"}},
	{"$JS.API.CONSUMER.CREATE." + articles + "." + urgent, []string{"setup", "worker"}},
	{"$JS.API.CONSUMER.CREATE." + articles + "." + sweepConsumer, []string{"setup", "worker"}},
	{"$JS.API.CONSUMER.CREATE." + articles + "." + floorConsumer, []string{"setup", "worker"}},
	{"$JS.API.CONSUMER.DELETE." + articles + "." + sweepConsumer, []string{"setup", "worker"}},
	{"$JS.API.CONSUMER.DELETE." + articles + "." + floorConsumer, []string{"setup", "worker"}},
	{"$JS.API.CONSUMER.CREATE." + audio + "." + notifier, []string{"setup", "worker", "ops"}},
	{"$JS.API.CONSUMER.INFO." + audio + "." + notifier, []string{"setup", "worker", "ops"}},
	{"$JS.API.CONSUMER.MSG.NEXT." + audio + "." + notifier, []string{"setup", "worker", "ops"}},
	{"$JS.API.CONSUMER.CREATE." + notifications + "." + notifier, []string{"setup", "worker"}},
	{"$JS.API.CONSUMER.INFO." + notifications + "." + notifier, []string{"setup", "worker"}},
	{"$JS.API.CONSUMER.MSG.NEXT." + notifications + "." + notifier, []string{"setup", "worker"}},
	{"$JS.API.CONSUMER.RESET." + articles + ".", []string{"setup", "worker"}},
	{"$JS.API.CONSUMER.INFO." + articles + ".", []string{"setup", "worker", "ops"}},
	{"$JS.API.CONSUMER.MSG.NEXT." + articles + ".", []string{"setup", "worker"}},
	{"$JS.API.CONSUMER.CREATE.KV_" + jobs, []string{"setup", "worker", "ops"}},
	{"$JS.API.CONSUMER.DELETE.KV_" + jobs, []string{"setup", "worker", "ops"}},
	{"$JS.FC.KV_" + jobs, []string{"worker", "ops"}},
	{"$JS.API.CONSUMER.CREATE.KV_" + replays, []string{"setup", "worker", "ops"}},
	{"$JS.API.CONSUMER.DELETE.KV_" + replays, []string{"setup", "worker", "ops"}},
	{"$JS.FC.KV_" + replays, []string{"worker", "ops"}},
	{"$JS.API.STREAM.PURGE." + articles, []string{"setup", "worker"}},
	{"$JS.API.STREAM.PURGE." + deadLetters, []string{"setup", "worker"}},
	{"$JS.API.STREAM.CREATE.KV_" + leases, []string{"setup", "worker"}},
	{"$JS.API.STREAM.DELETE.KV_" + leases, []string{"setup", "worker"}},
	{"$JS.API.STREAM.MSG.GET.KV_" + jobs, []string{"setup", "worker", "ops"}},
	{"$JS.API.STREAM.MSG.GET.KV_" + replays, []string{"setup", "worker", "ops"}},
	{"$JS.API.STREAM.MSG.GET.KV_", []string{"setup", "worker"}},
	{"$JS.API.STREAM.MSG.GET." + articles, []string{"setup", "worker", "ops"}},
	{"$JS.API.STREAM.MSG.GET." + audio, []string{"setup", "worker", "ops"}},
	{"$JS.API.STREAM.MSG.GET." + usage, []string{"setup", "worker"}},
	{"$JS.API.CONSUMER.CREATE." + deadLetters, []string{"setup", "ops"}},
	{"$JS.API.STREAM.MSG.DELETE." + deadLetters, []string{"setup", "worker", "ops"}},
	{"$JS.API.STREAM.MSG.DELETE." + articles, []string{"setup", "worker", "ops"}},
	{"$JS.API.STREAM.INFO." + articles, []string{"setup", "cms", "worker", "ops"}},
	{"$JS.API.CONSUMER.CREATE.KV_" + pauses, []string{"setup", "worker", "ops"}},
	{"$JS.API.CONSUMER.DELETE.KV_" + pauses, []string{"setup", "worker", "ops"}},
	{"$JS.API.CONSUMER.CREATE.KV_" + settings, []string{"setup", "worker", "ops"}},
	{"$JS.API.CONSUMER.DELETE.KV_" + settings, []string{"setup", "worker", "ops"}},
	{"$JS.API.STREAM.INFO.KV_" + settings, []string{"setup", "worker", "ops"}},
	{"$JS.FC.KV_" + settings, []string{"worker", "ops"}},
	{"$JS.API.STREAM.INFO.KV_" + pauses, []string{"setup", "worker", "ops"}},
	{"$JS.API.STREAM.MSG.GET." + deadLetters, []string{"setup", "worker", "ops"}},
	{"$JS.API.STREAM.INFO.", []string{"setup", "ops"}},
	{"$JS.API.STREAM.", []string{"setup"}},
	{"$JS.API.CONSUMER.", []string{"setup"}},
}

// RolesFor returns the roles of infra/deploy/nats.conf that may use a subject of
// Lector.
func RolesFor(subject string) []string {
	for _, r := range rolesBySubject {
		if strings.HasPrefix(subject, r.prefix) {
			return r.roles
		}
	}
	return nil
}

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"syscall"

	"lector"
	"lector/infra/nats"
)

const doctorHelp = `Looks at everything that Lector needs on this machine and says what is wrong and
how to mend it: settings, data directory, ports, voices, NATS, store, lexicons, the
pictures of feeds, and the CMS where a site writes back to it. It changes nothing; into a
bucket it writes a few small objects, which it deletes again, to see what the server
keeps of the promises of Amazon S3. What is no fault but good to know is a note. Exit
code 1 if something is missing.`

// finding is what one check says. A note is what a detail that is no fault
// means for this installation.
type finding struct {
	what, detail, note string
	err                error
}

func (a *app) doctor(ctx context.Context, args []string) error {
	fs := a.flags("doctor")
	set := a.settings(fs)
	asJSON := fs.Bool("json", false, "print JSON")
	if err := a.parseFlags(fs, args); err != nil {
		return err
	}
	c, err := a.load(set)
	if err != nil {
		return err
	}
	findings := a.runChecks(ctx, c)
	bad := 0
	for _, f := range findings {
		if f.err != nil {
			bad++
		}
	}
	if err := a.report(findings, *asJSON); err != nil {
		return err
	}
	if bad > 0 {
		return fmt.Errorf("%d of %s failed", bad, lector.Plural(len(findings), "check"))
	}
	return nil
}

func (a *app) runChecks(ctx context.Context, c *config) []finding {
	running := isServing(c)
	found := []finding{
		checkData(c.Data), checkAddress("listen", c.Listen, running), checkAddress("admin_listen", c.AdminListen, running),
		a.checkBroker(ctx, c, running), a.checkStore(ctx, c),
	}
	found = append(found, a.checkSecrets(c, running)...)
	found = append(found, checkReady(ctx, c.AdminListen)...)
	found = append(found, a.checkServer(ctx, c)...)
	found = append(found, a.checkFiles(ctx, c, running)...)
	found = append(found, a.checkLexicons(ctx, c)...)
	found = append(found, a.checkVoices(ctx, c)...)
	found = append(found, a.checkWriteBacks(ctx, c)...)
	return append(found, checkPictures(ctx, c)...)
}

func checkData(dir string) finding {
	f := finding{what: "data directory " + dir, detail: "writable"}
	if !exists(dir) {
		f.detail = "can be made"
		dir = nearestExisting(dir)
	}
	f.err = tryWrite(dir)
	return f
}

// tryWrite makes a file in a directory and removes it. Its error has a hint.
func tryWrite(dir string) error {
	if info, err := os.Stat(dir); err == nil && !info.IsDir() {
		return lector.Hint(fmt.Errorf("%s is a file, not a directory", dir), "choose a directory with -data DIR")
	}
	tmp, err := os.CreateTemp(dir, ".doctor-*")
	if err != nil {
		return lector.Hint(err, "make it writable for this user, or choose another with -data DIR")
	}
	return errors.Join(tmp.Close(), os.Remove(tmp.Name()))
}

// nearestExisting is the nearest directory above dir that is there.
func nearestExisting(dir string) string {
	for dir = filepath.Clean(dir); !exists(dir); {
		up := filepath.Dir(dir)
		if up == dir {
			break
		}
		dir = up
	}
	return dir
}

// isServing reports whether a lector of this data directory is running.
func isServing(c *config) bool {
	_, err := nats.ReadAccess(c.natsDir())
	return err == nil
}

func checkAddress(key, address string, running bool) finding {
	f := finding{what: key + " " + address, detail: "free"}
	l, err := net.Listen("tcp", address)
	switch {
	case err == nil:
		f.err = l.Close()
	case running:
		f.detail = "taken, as it should be: lector is running"
	case errors.Is(err, syscall.EADDRINUSE):
		f.err = lector.Hint(err, "stop the program that has it, or set %s to another address", key)
	default:
		f.err = lector.Hint(err, "set %s to an address of this machine and a port up to 65535, such as 127.0.0.1:8080", key)
	}
	return f
}

// checkBroker says of NATS what /readyz says.
func (a *app) checkBroker(ctx context.Context, c *config, running bool) (f finding) {
	f = finding{what: "NATS " + c.natsAddress()}
	if c.NATS.URL == "" && !running {
		f.detail = "starts with lector serve"
		return f
	}
	h := a.resources(c)
	h.log = a.logger(logConfig{Level: "error", Format: "text"})
	defer h.close(&f.err)
	conn, err := h.nats("doctor")
	if err != nil {
		f.err = err
		return f
	}
	f.detail = "server " + conn.Version() + ", streams and consumers work"
	f.err = conn.Diagnose(ctx)
	return f
}

// storeName is the kind of the store and where it is.
func (c *config) storeName() string {
	if c.Store.Kind == "s3" {
		return "s3 " + c.Store.Bucket
	}
	return "disk " + filepath.Join(c.Data, "store")
}

func (a *app) checkStore(ctx context.Context, c *config) (f finding) {
	f = finding{what: "store " + c.storeName(), detail: "usable and writable"}
	if dir := filepath.Join(c.Data, "store"); c.Store.Kind == "disk" && !exists(dir) {
		f.detail, f.err = "is made with the first clip", tryWrite(nearestExisting(dir))
		return f
	}
	h := a.resources(c)
	defer h.close(&f.err)
	s, err := h.store(ctx)
	if err != nil {
		f.err = err
		return f
	}
	f.err = s.Ping(ctx)
	return f
}

func (a *app) report(findings []finding, asJSON bool) error {
	if asJSON {
		out := []map[string]any{}
		for _, f := range findings {
			row := map[string]any{"check": f.what, "ok": f.err == nil, "detail": f.detail}
			if f.note != "" {
				row["note"] = f.note
			}
			if f.err != nil {
				row["error"], row["hint"] = f.err.Error(), lector.HintOf(f.err)
			}
			out = append(out, row)
		}
		return a.printJSON(out)
	}
	for _, f := range findings {
		printFinding(a.stdout, f)
	}
	return nil
}

func printFinding(w io.Writer, f finding) {
	if f.err == nil && f.note != "" {
		fmt.Fprintf(w, "note  %s: %s\n      %s\n", f.what, f.detail, f.note)
		return
	}
	if f.err == nil {
		fmt.Fprintf(w, "ok    %s: %s\n", f.what, f.detail)
		return
	}
	fmt.Fprintf(w, "WRONG %s: %v\n", f.what, f.err)
	if hint := lector.HintOf(f.err); hint != "" {
		fmt.Fprintf(w, "      %s\n", hint)
	}
}

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"lector"
	"lector/infra/nats"
)

func (a *app) restore(ctx context.Context, args []string) error {
	c, dir, err := a.backupArguments("restore", args)
	if err != nil {
		return err
	}
	whole, b, err := findBackup(dir)
	if err != nil {
		return fmt.Errorf("restore: %w", err)
	}
	fmt.Fprintf(a.stdout, "the backup of %s\n", b.Made.Local().Format(time.DateTime))
	if err := a.readBackup(ctx, c, whole, b); err != nil {
		return fmt.Errorf("restore: %w", err)
	}
	return nil
}

// findBackup returns where in a directory the newest whole backup is, and what it is.
func findBackup(dir string) (whole string, b backup, err error) {
	if !exists(dir) {
		return "", b, lector.Hint(fmt.Errorf("there is no directory %s", dir), "give the directory that lector backup has written")
	}
	whole, err = wholeBackup(dir)
	if err == nil && whole == "" {
		err = lector.Hint(fmt.Errorf("%s holds no whole backup", dir), "a backup that was broken off is made whole by lector backup %s", dir)
	}
	if err == nil {
		b, err = readBackupFile(whole)
	}
	return whole, b, err
}

func readBackupFile(dir string) (b backup, err error) {
	data, err := os.ReadFile(filepath.Join(dir, backupFile))
	if err == nil {
		err = json.Unmarshal(data, &b)
	}
	if err == nil && b.Format != backupFormat {
		err = lector.Hint(fmt.Errorf("the backup has format %d, this lector reads %d", b.Format, backupFormat),
			"it was made by lector %s", b.Version)
	}
	return b, err
}

// readBackup restores the streams, then the store, and checks the whole.
func (a *app) readBackup(ctx context.Context, c *config, dir string, b backup) (err error) {
	if exists(c.natsDir()) {
		return lector.Hint(fmt.Errorf("the data directory %s already has an installation", c.Data), "name an empty one with -data DIR")
	}
	if err := checkStreamFiles(dir, &b); err != nil {
		return err
	}
	h := a.resources(c)
	defer h.close(&err)
	conn, err := h.restoreStreams(ctx, dir, b)
	if err == nil {
		_, err = h.copyAll(ctx, storeLocation{dir: filepath.Join(dir, backupStore)}, c.location())
	}
	if err != nil {
		return lector.Hint(err, "half of an installation is in %s now: remove it before the next try", c.Data)
	}
	s, err := h.store(ctx)
	if err != nil {
		return err
	}
	jobs, err := conn.JobStore(ctx)
	if err != nil {
		return err
	}
	return a.checkRestored(ctx, jobs, s)
}

// restoreStreams starts the embedded server and makes the streams again.
func (h *resources) restoreStreams(ctx context.Context, dir string, b backup) (*nats.Conn, error) {
	e, err := nats.Start(h.config.natsDir(), "127.0.0.1:0", nil, h.log)
	if err != nil {
		return nil, err
	}
	h.onClose(e.Close)
	h.broker = e
	conn, err := h.closeLater(h.dial("setup", e.Access()))
	if err != nil {
		return nil, err
	}
	for _, s := range b.Streams {
		if err := restoreStream(ctx, conn, dir, s); err != nil {
			return nil, err
		}
		fmt.Fprintf(h.app.stdout, "%8d  messages of %s\n", s.Messages, s.Name)
	}
	return conn, conn.Setup(ctx, 1)
}

func restoreStream(ctx context.Context, conn *nats.Conn, dir string, s nats.StreamSnapshot) (err error) {
	f, err := os.Open(streamFile(dir, s.Name))
	if err != nil {
		return err
	}
	return errors.Join(conn.Restore(ctx, s, f), f.Close())
}

// checkRestored looks for the files of each job whose audio is public.
func (a *app) checkRestored(ctx context.Context, jobs jobStore, s store) error {
	public, missing := 0, []error(nil)
	for j, err := range jobs.Jobs(ctx) {
		if err != nil {
			return err
		}
		if j.Rendition == "" {
			continue
		}
		public++
		if err := checkFiles(ctx, s, j); err != nil {
			missing = append(missing, fmt.Errorf("%s / %s: %w", j.Site, j.Article, err))
		}
	}
	fmt.Fprintf(a.stdout, "%8d  jobs with public audio, %d of them with all files\n", public, public-len(missing))
	if len(missing) > 0 {
		return lector.Hint(errors.Join(missing...),
			"an article that was withdrawn while the backup was made: lector unpublish; any other: lector replay")
	}
	return nil
}

// checkFiles reads a job's manifest and looks for its MP3.
func checkFiles(ctx context.Context, s store, j lector.Job) error {
	body, _, err := s.Open(ctx, lector.PointerKey(j.Site, j.ID))
	if err != nil {
		return err
	}
	data, err := io.ReadAll(body)
	if err = errors.Join(err, body.Close()); err != nil {
		return err
	}
	m, err := lector.ReadManifest(data)
	if err != nil {
		return err
	}
	o, err := s.Stat(ctx, lector.Prefix(j.Site, j.ID)+m.Links.MP3)
	if err == nil && o.Size != m.Bytes {
		err = fmt.Errorf("the MP3 has %d bytes, its manifest says %d", o.Size, m.Bytes)
	}
	return err
}

package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"lector"
	"lector/infra/nats"
	"lector/infra/store/transfer"
)

const backupHelp = `Writes all that a one-machine installation keeps into a directory, while it works:
the streams of the embedded NATS server (events, jobs, usage, dead letters) and the
store (clips, renditions, pronunciations).

  lector backup /mnt/backup/lector
  lector restore -data /srv/lector /mnt/backup/lector

Run again on the same directory it copies only what is new, and what is gone since
goes: withdrawn, erased, or no longer needed. The backup before it stays until the new
one is whole and checked, and is what lector restore takes if that is broken off.
Settings and secrets are not in it.
Of a NATS server of its own the streams are backed up by: nats account backup DIR,
the store by lector store copy.`

const restoreHelp = `Makes an installation again from what lector backup has written, in an empty data
directory, and checks it: each job whose audio is public must have its files.

  lector restore -data /srv/lector /mnt/backup/lector

What was published after the backup is not in it: publish it again, or let the CMS
do so. What was withdrawn after it must be withdrawn again.`

// backupFormat is the version of what a backup consists of.
const backupFormat = 1

// backup describes a backup. It is written last: without it there is none.
type backup struct {
	Format  int                   `json:"format"`
	Made    time.Time             `json:"made"`
	Version string                `json:"version"` // of the lector that made it
	Streams []nats.StreamSnapshot `json:"streams"`
	Sums    map[string]string     `json:"sums,omitempty"` // SHA-256 of the files of streams, hexadecimal, by stream; an older lector wrote none
	Store   transfer.Report       `json:"store"`
}

func (a *app) backup(ctx context.Context, args []string) error {
	c, dir, err := a.backupArguments("backup", args)
	if err != nil {
		return err
	}
	b := backup{Format: backupFormat, Made: time.Now().UTC(), Version: release()}
	if err := a.writeBackup(ctx, c, dir, &b); err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	if err := noteBackup(c, dir, b.Made); err != nil {
		return fmt.Errorf("backup: note where it is: %w", err)
	}
	for _, s := range b.Streams {
		fmt.Fprintf(a.stdout, "%8d  messages of %s\n", s.Messages, s.Name)
	}
	fmt.Fprintf(a.stdout, "%8d  objects of the store, %d of them new\n", storeObjects(b.Store), storeCopied(b.Store))
	return nil
}

func storeObjects(r transfer.Report) int {
	return r.Clips.Objects + r.Answers.Objects + r.Claims.Objects + r.Lexicon.Objects + r.Renditions.Objects
}

func storeCopied(r transfer.Report) int {
	return r.Clips.Copied + r.Answers.Copied + r.Claims.Copied + r.Lexicon.Copied + r.Renditions.Copied
}

// backupArguments reads the flags and the one operand of backup and restore.
func (a *app) backupArguments(command string, args []string) (*config, string, error) {
	fs := a.flags(command)
	set := a.settings(fs)
	words, err := a.parse(fs, args)
	if err != nil {
		return nil, "", err
	}
	if len(words) != 1 {
		return nil, "", usageErrorf("%s wants one DIR", command)
	}
	c, err := a.load(set)
	if err == nil && c.NATS.URL != "" {
		err = lector.Hint(fmt.Errorf("%s: the settings name a NATS server of its own", command),
			"nats account backup DIR and nats account restore DIR are for its streams, lector store copy for the store")
	}
	return c, words[0], err
}

// writeBackup writes a backup beside the one that is there, and puts it in its place.
func (a *app) writeBackup(ctx context.Context, c *config, dir string, b *backup) (err error) {
	h := a.resources(c)
	defer h.close(&err)
	before, err := wholeBackup(dir)
	if err != nil {
		return err
	}
	if err := h.refuseEmpty(ctx, before); err != nil {
		return err
	}
	unfinished := filepath.Join(dir, unfinishedBackup)
	if err := prepareBackup(dir, before); err != nil {
		return err
	}
	if err := h.fillBackup(ctx, unfinished, b); err != nil {
		return err
	}
	if err := checkStreamFiles(unfinished, b); err != nil {
		return err
	}
	if err := writeBackupFile(unfinished, b); err != nil {
		return err
	}
	return finishBackup(dir, b.Made)
}

// prepareBackup makes the unfinished backup of a directory, with what it has in common with
// the one before.
func prepareBackup(dir, before string) error {
	unfinished := filepath.Join(dir, unfinishedBackup)
	if err := os.MkdirAll(filepath.Join(unfinished, backupStreams), 0o700); err != nil {
		return err
	}
	if err := os.Remove(filepath.Join(unfinished, backupFile)); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	store := filepath.Join(before, backupStore)
	if before == "" || !exists(store) {
		return nil
	}
	from, err := filepath.Rel(dir, store)
	if err != nil {
		return err
	}
	return linkFiles(dir, filepath.ToSlash(from), unfinishedBackup+"/"+backupStore)
}

// fillBackup writes the streams and the store into a directory.
func (h *resources) fillBackup(ctx context.Context, dir string, b *backup) error {
	if !isServing(h.config) {
		if err := h.embedded(ctx); err != nil {
			return err
		}
	}
	conn, err := h.nats("setup")
	if err != nil {
		return err
	}
	b.Sums = map[string]string{}
	for _, name := range nats.SnapshotStreams() {
		s, sum, err := backUpStream(ctx, conn, streamFile(dir, name), name)
		if err != nil {
			return err
		}
		b.Streams, b.Sums[name] = append(b.Streams, s), sum
	}
	b.Store, err = h.copyAll(ctx, h.config.location(), storeLocation{dir: filepath.Join(dir, backupStore)})
	return err
}

// refuseEmpty refuses to put an installation whose store holds nothing in the place of a
// backup that holds something: it is hardly the one that the backup was made of.
func (h *resources) refuseEmpty(ctx context.Context, before string) error {
	kept := storeLocation{dir: filepath.Join(before, backupStore)}
	if before == "" || !exists(kept.dir) {
		return nil
	}
	own, err := h.holdsAnything(ctx, h.config.location())
	if err != nil || own {
		return err
	}
	earlier, err := h.holdsAnything(ctx, kept)
	if err == nil && earlier {
		err = lector.Hint(fmt.Errorf("%s holds nothing, and the backup in %s does", h.config.location(), before),
			"is -data right? To begin anew, name an empty directory")
	}
	return err
}

func (h *resources) holdsAnything(ctx context.Context, p storeLocation) (bool, error) {
	s, err := h.openLocation(ctx, p)
	if err != nil {
		return false, err
	}
	return transfer.Any(ctx, s)
}

// backUpStream writes a stream into a file, and returns the checksum of what the server
// sent.
func backUpStream(ctx context.Context, conn *nats.Conn, file, name string) (s nats.StreamSnapshot, sum string, err error) {
	f, err := os.OpenFile(file, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return s, "", err
	}
	h := sha256.New()
	s, err = conn.Snapshot(ctx, name, io.MultiWriter(f, h))
	return s, hex.EncodeToString(h.Sum(nil)), errors.Join(err, f.Sync(), f.Close())
}

// checkStreamFiles reads the files of streams again, and compares them with what the
// server sent.
func checkStreamFiles(dir string, b *backup) error {
	for name, want := range b.Sums {
		got, err := checksum(streamFile(dir, name))
		if err == nil && got != want {
			err = lector.Hint(fmt.Errorf("%s is not as the server sent it", streamFile(dir, name)),
				"is the disk full or broken? Take another backup, or another disk")
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// checksum returns the SHA-256 of a file, hexadecimal.
func checksum(file string) (string, error) {
	f, err := os.Open(file)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	_, err = io.Copy(h, f)
	return hex.EncodeToString(h.Sum(nil)), err
}

func writeBackupFile(dir string, b *backup) error {
	data, err := json.MarshalIndent(b, "", "  ")
	if err != nil {
		return err
	}
	f, err := os.OpenFile(filepath.Join(dir, backupFile), os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	return errors.Join(err, f.Sync(), f.Close())
}

// location is where the configured store is.
func (c *config) location() storeLocation {
	if c.Store.Kind == "s3" {
		return storeLocation{bucket: c.bucket()}
	}
	return storeLocation{dir: filepath.Join(c.Data, "store")}
}

// copyAll makes one store like another: what only the second has goes.
func (h *resources) copyAll(ctx context.Context, from, to storeLocation) (transfer.Report, error) {
	source, err := h.openLocation(ctx, from)
	if err != nil {
		return transfer.Report{}, err
	}
	target, err := h.openLocation(ctx, to)
	if err != nil {
		return transfer.Report{}, err
	}
	progress := h.app.copyProgress()
	job := transfer.Copy{From: source, To: transfer.Verified(target), Mirror: true, Parallel: 8, OnStep: progress.step}
	report, err := job.Run(ctx)
	progress.end()
	if err == nil && len(report.Problems) > 0 {
		p := report.Problems[0]
		err = lector.Hint(fmt.Errorf("%s: %s", p.Key, p.Error), "%s", p.Hint)
	}
	return report, err
}

package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// The directory that lector backup is given holds one whole backup, in a directory that is
// named by its time, and perhaps one that is not whole. Lectors of before wrote the parts
// of a backup into the directory itself.
const (
	unfinishedBackup = "unfinished"
	// backupTime is the form of the name of a whole backup, in UTC. Names sort by time.
	backupTime = "20060102T150405.000Z"
	backupFile = "backup.json"
)

// The parts of a backup beside backup.json.
const (
	backupStreams = "streams"
	backupStore   = "store"
)

// streamFile is where a backup has a stream.
func streamFile(dir, name string) string { return filepath.Join(dir, backupStreams, name+".snapshot") }

// wholeBackup returns where in a directory the newest whole backup is, or "".
func wholeBackup(dir string) (string, error) {
	names, err := backupNames(dir)
	for _, name := range slices.Backward(names) {
		if found := filepath.Join(dir, name); exists(filepath.Join(found, backupFile)) {
			return found, nil
		}
	}
	if err == nil && exists(filepath.Join(dir, backupFile)) {
		return dir, nil
	}
	return "", err
}

// backupNames returns the names in a directory that backups have, the oldest first.
func backupNames(dir string) (names []string, err error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	for _, e := range entries {
		if _, err := time.Parse(backupTime, e.Name()); err == nil && e.IsDir() {
			names = append(names, e.Name())
		}
	}
	return names, err
}

// finishBackup gives an unfinished backup the name of a whole one, and then removes those
// before it.
func finishBackup(dir string, made time.Time) error {
	name := made.UTC().Format(backupTime)
	if err := syncDirectory(filepath.Join(dir, unfinishedBackup)); err != nil {
		return err
	}
	if err := os.Rename(filepath.Join(dir, unfinishedBackup), filepath.Join(dir, name)); err != nil {
		return err
	}
	if err := syncDirectory(dir); err != nil {
		return err
	}
	if err := removeEarlierBackups(dir, name); err != nil {
		return fmt.Errorf("the backup is whole, and the one before it could not be removed: %w", err)
	}
	return nil
}

// removeEarlierBackups removes all backups of a directory but one.
func removeEarlierBackups(dir, but string) error {
	names, err := backupNames(dir)
	if err != nil {
		return err
	}
	for _, name := range names {
		if old := filepath.Join(dir, name); name != but {
			err = errors.Join(err, os.RemoveAll(filepath.Join(old, backupFile)), os.RemoveAll(old))
		}
	}
	if exists(filepath.Join(dir, backupFile)) { // of a lector of before: what else is there stays
		err = errors.Join(err, os.RemoveAll(filepath.Join(dir, backupStreams)), os.RemoveAll(filepath.Join(dir, backupStore)),
			os.RemoveAll(filepath.Join(dir, backupFile)))
	}
	return err
}

func syncDirectory(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// linkFiles gives the files below one directory of dir a second name below another, where
// that has none. It is for stores, whose files are replaced and never changed. Where the
// file system has no links, nothing is done: what is not there is copied.
func linkFiles(dir, from, to string) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	return fs.WalkDir(root.FS(), from, func(name string, e fs.DirEntry, err error) error {
		target := to + strings.TrimPrefix(name, from)
		switch {
		case err != nil:
			return err
		case e.IsDir():
			return root.MkdirAll(target, 0o755)
		case e.Type().IsRegular():
			_ = root.Link(name, target)
		}
		return nil
	})
}

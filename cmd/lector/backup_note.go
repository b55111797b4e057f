package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// backupNotes is the file of the data directory that says where backups are: by their
// directories, when each was made last.
const backupNotes = "backups.json"

// noteBackup records where a backup is, for those who must erase something from it.
func noteBackup(c *config, dir string, made time.Time) error {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	notes, err := readBackupNotes(c)
	if err != nil {
		return err
	}
	notes[dir] = made
	data, err := json.MarshalIndent(notes, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(c.Data, backupNotes), data, 0o600)
}

func readBackupNotes(c *config) (map[string]time.Time, error) {
	notes := map[string]time.Time{}
	data, err := os.ReadFile(filepath.Join(c.Data, backupNotes))
	if errors.Is(err, fs.ErrNotExist) {
		return notes, nil
	}
	if err == nil {
		err = json.Unmarshal(data, &notes)
	}
	return notes, err
}

// keptInBackups says in words which backups may hold an article. One that was made
// before the article was known cannot.
func (e *eraser) keptInBackups() (all []string) {
	if e.config.NATS.URL != "" {
		return []string{"backups of the NATS server and copies of the store: lector does not know where they are"}
	}
	notes, err := readBackupNotes(e.config)
	if err != nil {
		return []string{fmt.Sprintf("backups: %s cannot be read: %v", backupNotes, err)}
	}
	for _, dir := range slices.Sorted(maps.Keys(notes)) {
		made := notes[dir]
		if j := e.traces.Job; j != nil && made.Before(j.Created) {
			continue
		}
		text := fmt.Sprintf("the backup of %s in %s, until lector backup runs there again", made.Local().Format(time.DateTime), dir)
		if whole, err := wholeBackup(dir); whole == "" || err != nil {
			text = fmt.Sprintf("the backup of %s in %s, which is not there now", made.Local().Format(time.DateTime), dir)
		}
		all = append(all, text)
	}
	return append(all, "copies that were made of a backup or of the data directory")
}

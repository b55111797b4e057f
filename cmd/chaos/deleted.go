package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"lector"
)

// remain is a place that still holds the text of a deleted article.
type remain struct{ article, place string }

// forgetting is how long Lector may take, once the job is at rest, until a deleted
// article's text is gone everywhere.
const forgetting = 10 * time.Second

// deleted returns a sentence of each article that was deleted and not published
// since, by its name.
func deleted(histories []*history) map[string]string {
	needles := map[string]string{}
	for _, h := range histories {
		h.mu.Lock()
		if n := len(h.events); n > 0 && h.events[n-1].kind == lector.Deleted && h.sentence != "" {
			needles[h.site+" "+h.article] = h.sentence
		}
		h.mu.Unlock()
	}
	return needles
}

// findDeleted looks for the text of deleted articles where it must not be, until
// it is gone or has been given its time.
func (l *lab) findDeleted(ctx context.Context, histories []*history) (found []remain, err error) {
	needles := deleted(histories)
	if len(needles) == 0 {
		return nil, nil
	}
	short, cancel := context.WithTimeout(ctx, forgetting)
	defer cancel()
	_ = until(short, time.Second, func() bool { // what remains then is found
		found, err = l.remains(ctx, needles)
		return err != nil || len(found) == 0
	})
	return found, err
}

// remains looks once, in the streams and in the store.
func (l *lab) remains(ctx context.Context, needles map[string]string) (found []remain, err error) {
	for _, stream := range []string{"ARTICLES", "DEADLETTER"} {
		all, err := l.broker.read(ctx, stream)
		if err != nil {
			return nil, err
		}
		for _, m := range all {
			found = append(found, search(needles, m.data, "stream "+stream)...)
		}
	}
	for _, dir := range []string{"objects", "shared/store", "serve/store"} {
		more, err := searchFiles(needles, filepath.Join(l.dir, dir))
		if err != nil {
			return nil, err
		}
		found = append(found, more...)
	}
	return found, nil
}

// searchFiles looks into all files below a directory, if it is there.
func searchFiles(needles map[string]string, dir string) (found []remain, err error) {
	err = filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) { // it was removed meanwhile
			return nil
		}
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(name) //nolint:gosec // the directory is this run's own
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		found = append(found, search(needles, data, "store, "+strings.TrimPrefix(name, dir))...)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("look into the store: %w", err)
	}
	return found, nil
}

func search(needles map[string]string, data []byte, place string) (found []remain) {
	for article, sentence := range needles {
		if bytes.Contains(data, []byte(sentence)) {
			found = append(found, remain{article, place})
		}
	}
	return found
}

package disk

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
)

// shardName is the form of a directory of clips or answers: they lie in 256 of them, by the
// first byte of their hash.
var shardName = regexp.MustCompile(`^[^/]+/[0-9a-f]{2}$`)

func isShard(dir string) bool { return shardName.MatchString(dir) }

// makingKey is under what a directory is made: all shards of a directory together.
func makingKey(dir string) string {
	if isShard(dir) {
		return path.Dir(dir) + "/*"
	}
	return dir
}

// makeShards makes a shard and the 255 beside it durably. Each of them will be needed, and
// one sync is enough for all.
func (s *Store) makeShards(dir string) error {
	if s.durableAbove(dir) == dir {
		return nil
	}
	parent := path.Dir(dir)
	if err := s.root.MkdirAll(parent, 0o755); err != nil {
		return err
	}
	all := make([]string, 256)
	for i := range all {
		all[i] = fmt.Sprintf("%s/%02x", parent, i)
		if err := s.root.Mkdir(all[i], 0o755); err != nil && !errors.Is(err, fs.ErrExist) {
			return err
		}
	}
	if err := errors.Join(s.syncDir(parent), s.syncDir(".")); err != nil {
		return err
	}
	for _, made := range append(all, parent) {
		s.durable.Store(made, true)
	}
	return nil
}

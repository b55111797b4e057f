package script

import (
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"strings"
)

// row is one line of a pack's file. Its columns are parted by a tab or by two
// and more spaces; a line that begins with # is a comment.
type row struct {
	place   string // file and line, for those who wrote it
	columns []string
}

var columnGap = regexp.MustCompile(`\t+| {2,}`)

// column returns the nth column, "" where the line ends before it or says "-".
func (r row) column(n int) string {
	if n >= len(r.columns) || r.columns[n] == "-" {
		return ""
	}
	return r.columns[n]
}

func (r row) refuse(format string, values ...any) error {
	return fmt.Errorf("%s: %w", r.place, fmt.Errorf(format, values...))
}

// readRows reads a file of a pack. Each line has at least the given number of
// columns, and the file at least one line. No two lines have the same key, which
// are the first columns, as many as are named.
func readRows(files fs.FS, name string, columns, key int) ([]row, error) {
	data, err := fs.ReadFile(files, name)
	if err != nil {
		return nil, err
	}
	var rows []row
	seen := map[string]string{}
	for i, line := range strings.Split(string(data), "\n") {
		if strings.TrimSpace(line) == "" || line[0] == '#' {
			continue
		}
		r := row{place: fmt.Sprintf("%s:%d", name, i+1), columns: columnGap.Split(strings.TrimSpace(line), -1)}
		if len(r.columns) < columns {
			return nil, r.refuse("%d columns, at least %d are needed", len(r.columns), columns)
		}
		id := strings.Join(r.columns[:min(key, len(r.columns))], "\t")
		if seen[id] != "" {
			return nil, r.refuse("%q stands in %s already", id, seen[id])
		}
		seen[id] = r.place
		rows = append(rows, r)
	}
	if len(rows) == 0 {
		return nil, fmt.Errorf("%s: %w", name, errors.New("no lines"))
	}
	return rows, nil
}

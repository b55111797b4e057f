package script

import (
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"strings"
)

// row is one line of a pack's file. Its columns are parted by a tab or by two
// and more spaces; a line that begins with # is a comment.
type row struct {
	file    string // and line, for those who wrote it
	line    int
	columns []string
}

func (r row) place() string { return r.file + ":" + strconv.Itoa(r.line) }

// columnsOf takes a line apart.
func columnsOf(line string) []string {
	columns := make([]string, 0, 8)
	for {
		at := gapIn(line)
		columns = append(columns, line[:at])
		if at == len(line) {
			return columns
		}
		line = strings.TrimLeft(line[at:], " \t")
	}
}

// gapIn returns where the first gap between columns begins, the line's length
// where there is none.
func gapIn(line string) int {
	for i := range len(line) {
		if line[i] == '\t' || line[i] == ' ' && strings.HasPrefix(line[i+1:], " ") {
			return i
		}
	}
	return len(line)
}

// column returns the nth column, "" where the line ends before it or says "-".
func (r row) column(n int) string {
	if n >= len(r.columns) || r.columns[n] == "-" {
		return ""
	}
	return r.columns[n]
}

func (r row) refuse(format string, values ...any) error {
	return fmt.Errorf("%s: %w", r.place(), fmt.Errorf(format, values...))
}

// readRows reads a file of a pack. Each line has at least the given number of
// columns, and the file at least one line. No two lines have the same key, which
// are the first columns, as many as are named.
func readRows(files fs.FS, name string, columns, key int) ([]row, error) {
	data, err := fs.ReadFile(files, name)
	if err != nil {
		return nil, err
	}
	lines := strings.Split(string(data), "\n")
	rows := make([]row, 0, len(lines))
	seen := make(map[string]int, len(lines)) // the line of a key
	for i, line := range lines {
		if strings.TrimSpace(line) == "" || line[0] == '#' {
			continue
		}
		r := row{file: name, line: i + 1, columns: columnsOf(strings.TrimSpace(line))}
		if len(r.columns) < columns {
			return nil, r.refuse("%d columns, at least %d are needed", len(r.columns), columns)
		}
		id := strings.Join(r.columns[:min(key, len(r.columns))], "\t")
		if seen[id] != 0 {
			return nil, r.refuse("%q stands in %s already", id, row{file: name, line: seen[id]}.place())
		}
		seen[id] = r.line
		rows = append(rows, r)
	}
	if len(rows) == 0 {
		return nil, fmt.Errorf("%s: %w", name, errors.New("no lines"))
	}
	return rows, nil
}

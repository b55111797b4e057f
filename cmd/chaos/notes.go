package main

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// storageTrouble is what a NATS server says of streams that it cannot read or write.
// Clients do not get it.
var storageTrouble = regexp.MustCompile(`\[(?:ERR|FTL)\].*(?:[Ss]tream|[Cc]onsumer|[Ff]ilestore|panic)`)

// logNumbers differ between two lines that say the same.
var logNumbers = regexp.MustCompile(`\d{2,}`)

// brokerNotes says what the NATS servers' logs tell of trouble with their storage,
// each once with how often it was said.
func (l *lab) brokerNotes() (notes []string) {
	if l.cluster == nil {
		return nil
	}
	for _, n := range l.cluster.nodes {
		counts := map[string]int{}
		for _, line := range grep(filepath.Join(l.dir, n.name+".log"), storageTrouble) {
			_, line, _ = strings.Cut(line, "] ")
			counts[logNumbers.ReplaceAllString(line, "N")]++
		}
		for line, times := range counts {
			notes = append(notes, fmt.Sprintf("%s, %d times: %s", n.name, times, line))
		}
	}
	return notes
}

// grep returns the lines of a file that match; of a file that cannot be read,
// none.
func grep(file string, pattern *regexp.Regexp) (lines []string) {
	f, err := os.Open(file)
	if err != nil {
		return nil
	}
	defer f.Close()
	for s := bufio.NewScanner(f); s.Scan(); {
		if pattern.MatchString(s.Text()) {
			lines = append(lines, s.Text())
		}
	}
	return lines
}

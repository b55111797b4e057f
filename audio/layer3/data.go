package layer3

import (
	_ "embed" // the tables of the standard
	"strconv"
	"strings"
	"sync"
)

var (
	//go:embed bands.txt
	bandsText string
	//go:embed huffman.txt
	huffmanText string
	//go:embed window.txt
	windowText string
)

// computeTables computes the tables of factors and windows, when the first unit is decoded:
// a process that decodes nothing need not wait for them.
var computeTables = sync.OnceFunc(func() {
	computePowers()
	computeGains()
	computeOverlapWindows()
	d := windowValues()
	computeSynthesisWindow(d)
	computeMiddleWindow(d)
})

// rows returns the words of each line that is no remark.
func rows(text string) (all [][]string) {
	for line := range strings.Lines(text) {
		if words := strings.Fields(line); len(words) > 0 && words[0] != "#" {
			all = append(all, words)
		}
	}
	return all
}

// number reads a whole number. The data files are this package's own and tested, so
// that what is none does not get here.
func number(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		panic(err)
	}
	return n
}

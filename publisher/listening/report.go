package listening

import (
	"errors"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"lector"
)

// maxReport is how many bytes a report of a player has at most: 20 numbers of two digits.
const maxReport = 64

// reportPattern is how a report looks: how many parts were told before, and those that
// are new.
var reportPattern = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^\d{1,2} \d{1,2}(,\d{1,2}){0,19}$`) })

var errReport = errors.New("no report of a player")

// parseReport reads a report.
func parseReport(body []byte) (lector.Listening, error) {
	if !reportPattern().Match(body) {
		return lector.Listening{}, errReport
	}
	told, list, _ := strings.Cut(string(body), " ")
	before, _ := strconv.Atoi(told) // two digits
	var seen [lector.ListeningParts]bool
	var parts []int
	for number := range strings.SplitSeq(list, ",") {
		part, _ := strconv.Atoi(number) // two digits
		if part >= len(seen) || seen[part] {
			return lector.Listening{}, errReport
		}
		seen[part], parts = true, append(parts, part)
	}
	if before+len(parts) > lector.ListeningParts {
		return lector.Listening{}, errReport
	}
	return lector.NewListening(before, parts), nil
}

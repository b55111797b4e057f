package script

import "strings"

// Numbers of sport and of marks: formations, odds, innings, ratings.

// sayFormation says "4-3-3" and "a 10-5-2 record".
func sayFormation(r *reader, m []string) (string, int) {
	if r.glued(len(m[0])) || strings.HasPrefix(r.after(len(m[0])), "-") {
		return "", 0
	}
	parts := strings.FieldsFunc(m[0], func(c rune) bool { return c == '-' || c == '–' })
	for i, p := range parts {
		parts[i] = cardinal(p)
	}
	return strings.Join(parts, " "), len(m[0])
}

// context returns the words before the current place, in lower case.
func (r *reader) context() string { return strings.ToLower(r.src[max(0, r.pos-32):r.pos]) }

var marks = []string{"rated ", "rating", "score", "scoring", "stars", "gave it ", "gives it ", "review", "graded ", "pain of ", "verdict"}

// stroke says numbers with a stroke between them that are no fraction, or
// nothing when they are: odds, innings, marks, years of a generation.
func (r *reader) stroke(first, second string) string {
	context := r.context()
	switch {
	case first == "0":
		return cardinal(first) + " out of " + cardinal(second)
	case strings.Contains(context, "odds") || strings.HasPrefix(r.after(len(first)+1+len(second)), " odds") || strings.Contains(context, "bet at "):
		return cardinal(first) + " to " + cardinal(second)
	case first == second && len(first) == 1:
		return cardinal(first) + " " + cardinal(second)
	case (second == "10" || second == "5" || second == "100") && containsAny(context, marks):
		return cardinal(first) + " out of " + cardinal(second)
	case len(first) >= 2 && len(first) <= 3 && len(second) <= 2 && atoi(second) < 10 && atoi(first) > 31 && second[0] != '0': // cricket
		return cardinal(first) + " for " + cardinal(second)
	}
	return ""
}

func containsAny(s string, list []string) bool {
	for _, x := range list {
		if strings.Contains(s, x) {
			return true
		}
	}
	return false
}

// sayRating says "7.5/10".
func sayRating(r *reader, m []string) (string, int) {
	if r.glued(len(m[0])) || strings.HasPrefix(r.after(len(m[0])), "/") {
		return "", 0
	}
	return amount(m[1]) + " out of " + cardinal(m[2]), len(m[0])
}

// sayPixels says "1920x1080".
func sayPixels(r *reader, m []string) (string, int) {
	if r.glued(len(m[0])) {
		return "", 0
	}
	return code(m[1]) + " by " + code(m[2]), len(m[0])
}

// sayFeet says "5 ft 10 in".
func sayFeet(r *reader, m []string) (string, int) {
	if r.glued(len(m[0])) || atoi(m[2]) > 11 {
		return "", 0
	}
	return cardinal(m[1]) + " foot " + cardinal(m[2]), len(m[0])
}

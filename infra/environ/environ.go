// Package environ makes the environment of the programs that Lector starts:
// speech programs and encoders. They get what a program needs to run, and none
// of the keys and passwords that Lector itself was given.
package environ

import "os"

// inherited are the variables that every program gets.
var inherited = [...]string{"PATH", "HOME", "LANG", "TMPDIR"}

// Of returns PATH, HOME, LANG and TMPDIR, as far as they are set, and the given
// NAME=value, which come last and so outweigh them.
func Of(more ...string) []string {
	env := make([]string, 0, len(inherited)+len(more))
	for _, name := range inherited {
		if value, set := os.LookupEnv(name); set {
			env = append(env, name+"="+value)
		}
	}
	return append(env, more...)
}

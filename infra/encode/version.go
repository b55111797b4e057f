package encode

import (
	"context"
	"os/exec"
	"regexp"
	"sync"
	"time"

	"lector/infra/environ"
)

var number = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`\bversion n?(\S+)`) })

// version asks a program for its version; "unknown" where it does not say.
func version(path, flag string) string {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute) // a version that is not known makes other clips
	defer cancel()
	c := exec.CommandContext(ctx, path, flag)
	c.Env = environ.Of()
	out, err := c.Output()
	if err != nil {
		return "unknown"
	}
	if m := number().FindSubmatch(out); m != nil {
		return string(m[1])
	}
	return "unknown"
}

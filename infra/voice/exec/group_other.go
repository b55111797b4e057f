//go:build !unix

package exec

import (
	"context"
	"os/exec"
)

// command starts the program. Its memory cannot be bounded here.
func (v *Voice) command(ctx context.Context) *exec.Cmd {
	return exec.CommandContext(ctx, v.path, v.config.Command[1:]...)
}

// killAsGroup does nothing: the program is killed, its children are not.
func killAsGroup(*exec.Cmd) {}

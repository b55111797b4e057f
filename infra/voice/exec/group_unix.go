//go:build unix

package exec

import (
	"context"
	"os/exec"
	"strconv"
	"syscall"
)

// command starts the program through a shell that bounds its address space and
// then becomes it. The program and its arguments are the shell's operands and
// no part of its script.
func (v *Voice) command(ctx context.Context) *exec.Cmd {
	if v.config.MemoryMB < 0 {
		return exec.CommandContext(ctx, v.path, v.config.Command[1:]...)
	}
	kilobytes := strconv.Itoa(v.config.MemoryMB << 10)
	script := `ulimit -v "$1" 2>/dev/null; shift; exec "$@"`
	args := append([]string{"-c", script, "sh", kilobytes, v.path}, v.config.Command[1:]...)
	return exec.CommandContext(ctx, "/bin/sh", args...)
}

// killAsGroup lets the program lead a process group, all of which is killed.
func killAsGroup(c *exec.Cmd) {
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	c.Cancel = func() error { return syscall.Kill(-c.Process.Pid, syscall.SIGKILL) }
}

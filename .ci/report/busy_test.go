package main

import (
	"bufio"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"syscall"
	"testing"
)

// TestBusyLeavesNothing ends .ci/busy in every way; its processes must end
// with it.
func TestBusyLeavesNothing(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("SKIPPED: looks for processes in /proc")
	}
	for name, test := range map[string]struct {
		rest string // what the command does when it has told who spins
		end  func(group int) error
		code int // -1: killed
	}{
		"good":         {"exit 0", nil, 0},
		"failure":      {"exit 7", nil, 7},
		"Ctrl-C":       {"exec tail -f /dev/null", func(group int) error { return syscall.Kill(-group, syscall.SIGINT) }, 130},
		"script alone": {"exec tail -f /dev/null", func(group int) error { return syscall.Kill(group, syscall.SIGKILL) }, -1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := exec.CommandContext(t.Context(), "../busy", "2", "sh", "-c", `cat /proc/$PPID/task/$PPID/children; echo; `+test.rest)
			c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
			out, err := c.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := c.Start(); err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = syscall.Kill(-c.Process.Pid, syscall.SIGKILL) })
			line, _ := bufio.NewReader(out).ReadString('\n')
			pids := strings.Fields(line)
			if len(pids) != 3 { // two that spin, and the command
				t.Fatalf("processes %q", pids)
			}
			if test.end != nil {
				if err := test.end(c.Process.Pid); err != nil {
					t.Fatal(err)
				}
			}
			_ = c.Wait()
			if got := c.ProcessState.ExitCode(); got != test.code {
				t.Errorf("exit code %d, want %d", got, test.code)
			}
			for _, pid := range pids[:2] {
				gone(t, pid)
			}
		})
	}
}

// gone waits until a process has ended: it is not there, or nobody has asked
// for its status yet.
func gone(t *testing.T, pid string) {
	t.Helper()
	for {
		stat, err := os.ReadFile("/proc/" + pid + "/stat")
		if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ESRCH) || strings.Contains(string(stat), ") Z ") {
			return
		}
		runtime.Gosched()
	}
}

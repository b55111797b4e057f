package main

import (
	"os/signal"
	"syscall"

	"golang.org/x/sys/unix"
)

// dieWithParent has the kernel end a child when this process dies.
func dieWithParent() *syscall.SysProcAttr { return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} }

// limitFiles has each write of a process beyond so many bytes of a file fail.
func limitFiles(pid int, size uint64) error {
	return unix.Prlimit(pid, unix.RLIMIT_FSIZE, &unix.Rlimit{Cur: size, Max: unix.RLIM_INFINITY}, nil)
}

// surviveFullDisk makes an error of a write beyond the limit, which would end the
// process.
func surviveFullDisk() { signal.Ignore(syscall.SIGXFSZ) }

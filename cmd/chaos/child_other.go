//go:build !linux

package main

import "syscall"

// dieWithParent is for Linux; elsewhere children are ended by their context.
func dieWithParent() *syscall.SysProcAttr { return nil }

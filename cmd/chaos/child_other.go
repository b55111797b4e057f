//go:build !linux

package main

import "syscall"

// dieWithParent is for Linux; elsewhere children are ended by their context.
func dieWithParent() *syscall.SysProcAttr { return nil }

// limitFiles is for Linux; elsewhere no disk is full.
func limitFiles(int, uint64) error { return nil }

func surviveFullDisk() {}

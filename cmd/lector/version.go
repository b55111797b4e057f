package main

import (
	"cmp"
	"context"
	"fmt"
	"runtime"
	"runtime/debug"
)

func (a *app) version(_ context.Context, args []string) error {
	if err := a.parseFlags(a.flags("version"), args); err != nil {
		return err
	}
	fmt.Fprintf(a.stdout, "lector %s %s %s/%s\n", release(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return nil
}

// release names this build: the module's version, else the commit.
func release() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	commit := ""
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			commit = s.Value
		}
	}
	if v := info.Main.Version; v != "" && v != "(devel)" {
		return v
	}
	return cmp.Or(commit, "development")
}

//go:build !linux

package disk

import "os"

// openBeneath opens a file for reading.
func openBeneath(root *os.Root, _ *os.File, key string) (*os.File, error) { return root.Open(key) }

// identity would tell a file from others.
type identity struct{}

// identify says that it cannot tell: files are opened each time they are read.
func identify(*os.File, string) (identity, bool) { return identity{}, false }

func identifyOpen(*os.File) (identity, bool) { return identity{}, false }

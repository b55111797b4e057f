//go:build !linux

package disk

import "os"

// beneath opens a file for reading.
func openBeneath(root *os.Root, _ *os.File, key string) (*os.File, error) { return root.Open(key) }

package nats

import (
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/nats-io/nats-server/v2/server"

	"lector"
	"lector/infra/limittest"
)

// TestFullDiskOfAnotherServer fills the disk of a server that tells nothing: only
// a write that is not confirmed shows it.
func TestFullDiskOfAnotherServer(t *testing.T) {
	t.Parallel()
	disk := t.TempDir()
	if err := syscall.Mount("none", disk, "tmpfs", 0, "size=8m"); err != nil {
		t.Skipf("SKIPPED, no tmpfs can be mounted here: %v (run as root)", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(disk, 0); err != nil {
			t.Error(err)
		}
	})
	s := startOther(t, &server.Options{StoreDir: filepath.Join(disk, "nats"), SyncAlways: true})
	c := dialOther(t, Options{URL: s.ClientURL()})
	if err := c.Setup(limittest.Context(t), 1); err != nil {
		t.Fatal(err)
	}
	w := c.Watchdog(true)
	untilWell(t, w)
	fillDisk(t, disk)
	// A write every now and then is what the watchdog tries; here at once.
	c.writes.confirmed = c.writes.confirmed.Add(-probeInterval)
	err := untilFault(t, w, "does not confirm what is written")
	if !strings.Contains(lector.HintOf(err), "disk") {
		t.Errorf("%v, hint %q", err, lector.HintOf(err))
	}
}

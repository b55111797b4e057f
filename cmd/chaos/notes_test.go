package main

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func TestBrokerNotes(t *testing.T) {
	t.Parallel()
	const log = `[17] [INF] Server is ready
[17] [ERR] Error trying to connect to route (attempt 1): dial tcp 127.0.0.1:22445: connect: connection refused
[17] [ERR] JetStream failed to store a msg on stream '$G > ARTICLES': sequence 117: corrupt input
[18] [ERR] JetStream failed to store a msg on stream '$G > ARTICLES': sequence 118: corrupt input
`
	l := &lab{dir: t.TempDir(), cluster: &cluster{}}
	for _, name := range []string{"n1", "n2"} {
		n := &node{}
		n.name = name
		l.cluster.nodes = append(l.cluster.nodes, n)
	}
	if err := os.WriteFile(filepath.Join(l.dir, "n1.log"), []byte(log), 0o644); err != nil {
		t.Fatal(err)
	}
	want := []string{"n1, 2 times: [ERR] JetStream failed to store a msg on stream '$G > ARTICLES': sequence N: corrupt input"}
	if got := l.brokerNotes(); !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
	if got := (&lab{}).brokerNotes(); got != nil {
		t.Errorf("without a cluster: %q", got)
	}
}

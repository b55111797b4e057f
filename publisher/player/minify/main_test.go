package main

import (
	"os"
	"testing"
)

// What is sent is made of what stands in the repository.
func TestMinifiedPlayerIsUpToDate(t *testing.T) {
	t.Parallel()
	want, err := player(os.DirFS(".."))
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile("../player.min.js")
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != string(want) {
		t.Error("player.min.js is older than its sources: run go generate ./publisher/player")
	}
}

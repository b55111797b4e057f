package nats

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"lector"
	"lector/infra/limittest"
)

// TestSiteSettings changes them through one connection and follows them through another.
func TestSiteSettings(t *testing.T) {
	t.Parallel()
	b := setup(t)
	seen := b.SiteSettings()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); seen.Run(ctx) }()
	t.Cleanup(func() { cancel(); <-done })
	console := b.SiteSettings()
	none, err := console.Site(t.Context(), "havana")
	if err != nil || none.Version != 0 || none.Site != "havana" || len(none.RulesOff) > 0 {
		t.Fatalf("before: %+v, %v", none, err)
	}
	off := lector.RuleOff{Rule: "tag.table", Who: "Ann", Reason: "our tables are read", Since: time.Now().UTC()}
	if err := console.Change(t.Context(), none.With(off)); err != nil {
		t.Fatal(err)
	}
	limittest.Until(t, "the change is seen", func() bool { return slices.Equal(seen.RulesOff("havana"), []string{"tag.table"}) })
	if len(seen.RulesOff("lagos")) > 0 {
		t.Error("another site has it too")
	}
	if err := console.Change(t.Context(), none.With(lector.RuleOff{Rule: "phrase.tags"})); !errors.Is(err, lector.ErrConflict) {
		t.Errorf("by who has seen no settings: %v", err)
	}
	now, err := console.Site(t.Context(), "havana")
	if err != nil || now.Version == 0 || len(now.RulesOff) != 1 || now.RulesOff[0] != off {
		t.Fatalf("now: %+v, %v", now, err)
	}
	if err := console.Change(t.Context(), now.Without("tag.table")); err != nil {
		t.Fatal(err)
	}
	limittest.Until(t, "it is undone", func() bool { return len(seen.RulesOff("havana")) == 0 })
	if err := console.Change(t.Context(), now.With(lector.RuleOff{Rule: "phrase.tags"})); !errors.Is(err, lector.ErrConflict) {
		t.Errorf("by who has seen an older version: %v", err)
	}
}

// TestSiteSettingsOfAnOlderSetup: workers do their work without the bucket, and an
// operator is told what to do.
func TestSiteSettingsOfAnOlderSetup(t *testing.T) {
	t.Parallel()
	b := setup(t)
	if err := b.js.DeleteKeyValue(t.Context(), settings); err != nil {
		t.Fatal(err)
	}
	s := b.SiteSettings()
	for _, err := range []error{s.Load(t.Context()), s.Change(t.Context(), lector.SiteSettings{Site: "havana"})} {
		if !strings.Contains(lector.HintOf(err), "lector setup") {
			t.Errorf("%v, hint %q", err, lector.HintOf(err))
		}
	}
	if len(s.RulesOff("havana")) > 0 {
		t.Error("a rule is off")
	}
	if err := lookTwice(t, b.Watchdog(true)); err != nil {
		t.Errorf("the watchdog finds %v", err)
	}
	if err := b.Diagnose(t.Context()); err == nil || !strings.Contains(err.Error(), "bucket settings is not there") {
		t.Errorf("the doctor finds %v", err)
	}
	if losses, err := b.Losses(t.Context()); err != nil || len(losses) > 0 {
		t.Errorf("lost %v, %v", losses, err)
	}
	if err := b.Setup(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	if err := s.Load(t.Context()); err != nil {
		t.Error(err)
	}
}

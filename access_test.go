package lector

import (
	"testing"
	"time"
)

func TestRolesIncludeThoseBelow(t *testing.T) {
	t.Parallel()
	all := Roles()
	for i, have := range all {
		for k, need := range all {
			if have.May(need) != (i >= k) {
				t.Errorf("%s may what needs %s: %v", have, need, have.May(need))
			}
		}
	}
	for _, stranger := range []Role{"", "root", "Admin"} {
		if stranger.May(RoleView) {
			t.Errorf("%q may look", stranger)
		}
		if _, err := ParseRole(string(stranger)); err == nil || HintOf(err) == "" {
			t.Errorf("%q is taken for a role: %v", stranger, err)
		}
	}
}

func TestTokensAreKeptAsHashes(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 28, 8, 0, 0, 0, time.UTC)
	token, kept := NewAccessToken("ci", RoleView, now, now.Add(time.Hour))
	other, _ := NewAccessToken("ci", RoleView, now, now.Add(time.Hour))
	if len(token) < 50 || token == other || kept.Hash != TokenHash(token) || kept.Hash == TokenHash(other) || kept.ID != kept.Hash[:12] {
		t.Errorf("%q, %q, %+v", token, other, kept)
	}
	for at, want := range map[time.Duration]bool{0: false, time.Hour - 1: false, time.Hour: true} {
		if kept.Expired(now.Add(at)) != want {
			t.Errorf("after %s expired: %v", at, !want)
		}
	}
	if kept.Expires = (time.Time{}); kept.Expired(now.AddDate(100, 0, 0)) {
		t.Error("one without an end is expired")
	}
}

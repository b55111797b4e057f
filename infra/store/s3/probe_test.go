package s3_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"lector"
	"lector/infra/store/s3"
	"lector/infra/store/s3/s3test"
)

// probe returns what is found of a server, by the names of the traits, and
// fails when the probe leaves something behind.
func probe(t *testing.T, cfg s3.Config) map[string]s3.Trait {
	t.Helper()
	s := open(t, cfg)
	traits, err := s.Probe(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]s3.Trait{}
	for _, trait := range traits {
		found[trait.Name] = trait
	}
	for o := range s.List(t.Context(), "") {
		t.Errorf("the probe left %s behind", o.Key)
	}
	return found
}

// TestProbeOfDeviations shows that each trial can fail: the real server
// answers through a proxy that deviates in one thing.
func TestProbeOfDeviations(t *testing.T) {
	t.Parallel()
	server := s3test.Start(t)
	for _, test := range []struct {
		name  string
		d     s3test.Deviation
		trait string
		found string
	}{
		{"as it is", s3test.Deviation{}, "", ""},
		{"create only ignored", s3test.Without(http.MethodPut, "If-None-Match"), "create-only writes", "of 8 writers at once succeed"},
		{"create only refused", s3test.Refusing(http.MethodPut, "If-None-Match"), "create-only writes", "refused as unknown"},
		{"create only but for races", s3test.Racing(), "create-only writes", "of 8 writers at once succeed"},
		{"stale put", s3test.Without(http.MethodPut, "If-Match"), "If-Match on put", "ignored"},
		{"stale put refused", s3test.Refusing(http.MethodPut, "If-Match"), "If-Match on put", "refused as unknown"},
		{"stale delete", s3test.Without(http.MethodDelete, "If-Match"), "If-Match on delete", "ignored"},
		{"stale get", s3test.Without(http.MethodGet, "If-Match"), "If-Match on get", "ignored"},
		{"cache header lost", s3test.Forgetting("Cache-Control"), "Cache-Control", `Cache-Control comes back as ""`},
		{"no ranges", s3test.Without(http.MethodGet, "Range"), "ranges suffix ranges", `comes as "0123456789"`},
		{"suffix as prefix", s3test.RangeReplaced("bytes=-", "bytes=0-"), "suffix ranges", `comes as "0123"`},
		{"demanding checksums", s3test.DemandingChecksums(), "", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			bucket := "b-" + strings.ReplaceAll(test.name, " ", "-")
			server.CreateBucket(t, bucket)
			for name, trait := range probe(t, server.Deviating(t, test.d).Config(bucket)) {
				deviates := test.trait != "" && strings.Contains(test.trait, name) && (name != "ranges" || strings.HasPrefix(test.trait, name))
				if trait.Kept == deviates || deviates && !strings.Contains(trait.Found, test.found) {
					t.Errorf("%+v", trait)
				}
				if trait.Kept == (trait.Means != "") {
					t.Errorf("kept and explained, or neither: %+v", trait)
				}
			}
		})
	}
}

// TestVersionsAreTold: what is deleted stays in a bucket that keeps versions.
func TestVersionsAreTold(t *testing.T) {
	t.Parallel()
	versions := s3test.Deviation{Reply: func(r *http.Request) string {
		if r.Method == http.MethodGet && r.URL.Query().Has("versioning") {
			return `<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>`
		}
		if r.Method == http.MethodGet && r.URL.Query().Has("object-lock") {
			return `<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled></ObjectLockConfiguration>`
		}
		return ""
	}}
	found := probe(t, s3test.StartDeviating(t, versions, "audio").Config("audio"))
	for _, name := range []string{"deleting for good", "no Object Lock"} {
		if trait := found[name]; trait.Kept || trait.Means == "" {
			t.Errorf("%s: %+v", name, trait)
		}
	}
}

func TestProbeOfNothing(t *testing.T) {
	t.Parallel()
	server := s3test.Start(t)
	if _, err := open(t, server.Config("absent")).Probe(t.Context()); !strings.Contains(lector.HintOf(err), "lector setup") {
		t.Errorf("probe of an absent bucket: %v", err)
	}
}

// TestNoBucketIsMade: some servers make a bucket at the first put, also a
// mistyped one.
func TestNoBucketIsMade(t *testing.T) {
	t.Parallel()
	server := s3test.Start(t, "audio")
	making := server.Deviating(t, server.MakingBuckets())
	for verb, write := range map[string]func(context.Context, *s3.Store) error{
		"ping": func(ctx context.Context, s *s3.Store) error { return s.Ping(ctx) },
		"put": func(ctx context.Context, s *s3.Store) error {
			return s.Put(ctx, lector.NewObject("k"), strings.NewReader("x"))
		},
		"create": func(ctx context.Context, s *s3.Store) error {
			return s.Create(ctx, lector.NewObject("k"), strings.NewReader("x"))
		},
		"probe": func(ctx context.Context, s *s3.Store) error {
			_, err := s.Probe(ctx)
			return err
		},
	} {
		t.Run(verb, func(t *testing.T) {
			t.Parallel()
			err := write(t.Context(), open(t, making.Config("mistyped-"+verb)))
			if !lector.IsPermanent(err) || !strings.Contains(lector.HintOf(err), "LECTOR_STORE_BUCKET") {
				t.Errorf("%v, hint %q", err, lector.HintOf(err))
			}
			err = open(t, server.Config("mistyped-"+verb)).Ping(t.Context())
			if !strings.Contains(err.Error(), "NoSuchBucket") {
				t.Errorf("the bucket was made: %v", err)
			}
		})
	}
	if err := open(t, making.Config("audio")).Ping(t.Context()); err != nil {
		t.Errorf("a bucket that is there: %v", err)
	}
}

// TestBucketThatMayNotBeLookedAt: the right to list is another than the right
// to write, and without it a look is forbidden.
func TestBucketThatMayNotBeLookedAt(t *testing.T) {
	t.Parallel()
	blind := s3test.Deviation{Refuse: func(r *http.Request) (string, int) {
		if r.Method == http.MethodHead && len(strings.Split(strings.Trim(r.URL.Path, "/"), "/")) == 1 {
			return "AccessDenied", http.StatusForbidden
		}
		return "", 0
	}}
	s := open(t, s3test.StartDeviating(t, blind, "audio").Config("audio"))
	if err := s.Ping(t.Context()); err != nil {
		t.Error(err)
	}
}

// TestChecksumsDemanded: buckets with Object Lock refuse a write without one.
func TestChecksumsDemanded(t *testing.T) {
	t.Parallel()
	s := open(t, s3test.StartDeviating(t, s3test.DemandingChecksums(), "audio").Config("audio"))
	for _, content := range []string{"", "x", strings.Repeat("lector", 1<<20)} {
		if err := s.Put(t.Context(), lector.NewObject("k.mp3"), strings.NewReader(content)); err != nil {
			t.Errorf("put %d bytes: %v", len(content), err)
		}
	}
	if err := s.Create(t.Context(), lector.NewObject("n.mp3"), strings.NewReader("x")); err != nil {
		t.Error(err)
	}
}

// TestNewerVersionIsNotRead: where the server ignores If-Match, the reader sees
// by itself that the object is another one.
func TestNewerVersionIsNotRead(t *testing.T) {
	t.Parallel()
	server := s3test.Start(t, "audio")
	for name, d := range map[string]s3test.Deviation{
		"if-match known":           {},
		"if-match ignored":         s3test.Without(http.MethodGet, "If-Match"),
		"if-match ignored, no tag": {Ask: s3test.Without(http.MethodGet, "If-Match").Ask, Answer: s3test.Forgetting("ETag").Answer},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := open(t, server.Deviating(t, d).Config(server.NewBucket(t)))
			body := opened(t, s, "k.json", strings.Repeat("o", 300<<10))
			if _, err := io.CopyN(io.Discard, body, 1000); err != nil {
				t.Fatal(err)
			}
			if err := s.Put(t.Context(), lector.NewObject("k.json"), strings.NewReader(strings.Repeat("n", 310<<10))); err != nil {
				t.Fatal(err)
			}
			if _, err := body.Seek(200<<10, io.SeekStart); err != nil {
				t.Fatal(err)
			}
			if got, err := io.ReadAll(body); !errors.Is(err, lector.ErrConflict) || len(got) > 0 {
				t.Errorf("read %d bytes, %v", len(got), err)
			}
		})
	}
}

// opened puts an object and opens it.
func opened(t *testing.T, s *s3.Store, key, content string) io.ReadSeekCloser {
	t.Helper()
	if err := s.Put(t.Context(), lector.NewObject(key), strings.NewReader(content)); err != nil {
		t.Fatal(err)
	}
	body, _, err := s.Open(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { body.Close() })
	return body
}

// TestRangesIgnored: who seeks on a server without ranges gets an error, and
// never the bytes of another place.
func TestRangesIgnored(t *testing.T) {
	t.Parallel()
	s := open(t, s3test.StartDeviating(t, s3test.Without(http.MethodGet, "Range"), "audio").Config("audio"))
	body := opened(t, s, "k.mp3", "0123456789")
	if _, err := body.Seek(4, io.SeekStart); err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(body); err == nil || len(got) > 0 {
		t.Errorf("read %q, %v", got, err)
	}
	if _, err := body.Seek(0, io.SeekStart); err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(body); err != nil || string(got) != "0123456789" {
		t.Errorf("from the start: %q, %v", got, err)
	}
}

// TestDeletedWhileRead: an object that is gone is not found, also in the
// middle of a transfer.
func TestDeletedWhileRead(t *testing.T) {
	t.Parallel()
	s := open(t, s3test.StartDeviating(t, s3test.Without(http.MethodGet, "If-Match"), "audio").Config("audio"))
	body := opened(t, s, "k.mp3", "0123456789")
	if err := s.Delete(t.Context(), "k.mp3"); err != nil {
		t.Fatal(err)
	}
	if _, err := body.Seek(4, io.SeekStart); err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(body); !errors.Is(err, lector.ErrNotFound) {
		t.Errorf("read %q, %v", got, err)
	}
}

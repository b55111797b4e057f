package deploy_test

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// releaseFile is what is asserted of .goreleaser.yaml; goreleaser check knows the rest.
type releaseFile struct {
	Version int
	Builds  []struct {
		Main                              string
		Env, Goos, Goarch, Flags, Ldflags []string
		ModTimestamp                      string `yaml:"mod_timestamp"`
	}
	Checksum struct{ Algorithm string }
	Sboms    []struct{ Artifacts string }
	Signs    []struct {
		Cmd, Artifacts, Signature string
		Args                      []string
	}
}

// TestReleaseIsTheBuild holds that a release is built as make build and the image are, and
// that its checksums are signed without a key.
func TestReleaseIsTheBuild(t *testing.T) {
	t.Parallel()
	var r releaseFile
	if err := yaml.Unmarshal([]byte(readFile(t, "../../.goreleaser.yaml")), &r); err != nil || r.Version != 2 || len(r.Builds) != 1 {
		t.Fatalf("%+v, %v", r, err)
	}
	b := r.Builds[0]
	flags := strings.Join(slices.Concat(b.Env, []string{"go build"}, b.Flags), " ")
	image := strings.ReplaceAll(readFile(t, "Dockerfile"), `-ldflags="-s -w"`, "-ldflags '-s -w'")
	for name, text := range map[string]string{"Makefile": strings.ReplaceAll(readFile(t, "../../Makefile"), "$(GO)", "go"), "Dockerfile": image} {
		want := flags + " -ldflags '" + strings.Join(b.Ldflags, " ") + "'"
		if !strings.Contains(text, want) {
			t.Errorf("%s does not build by %s", name, want)
		}
	}
	if b.Main != "./cmd/lector" || b.ModTimestamp == "" || len(b.Goos) != 2 || len(b.Goarch) != 2 {
		t.Errorf("build: %+v", b)
	}
	if r.Checksum.Algorithm != "sha256" || len(r.Sboms) != 1 || r.Sboms[0].Artifacts != "archive" {
		t.Errorf("checksums and lists of parts: %+v", r)
	}
	if len(r.Signs) != 1 || r.Signs[0].Cmd != "cosign" || r.Signs[0].Artifacts != "checksum" || slices.ContainsFunc(r.Signs[0].Args, func(a string) bool {
		return strings.Contains(a, "key")
	}) {
		t.Errorf("signatures: %+v", r.Signs)
	}
}

// workflow is what is asserted of a workflow.
type workflow struct {
	Permissions map[string]string
	Jobs        map[string]struct {
		Needs       string
		Permissions map[string]string
		Steps       []struct {
			Uses, Run string
			With      map[string]any
		}
	}
}

// TestWorkflows holds that every action is pinned by its commit, that tokens may no more
// than they need, and that nothing is released untested.
func TestWorkflows(t *testing.T) {
	t.Parallel()
	pinned := regexp.MustCompile(`^[\w.-]+/[\w./-]+@[0-9a-f]{40}$`)
	for _, name := range []string{"ci.yml", "nightly.yml", "release.yml"} {
		var w workflow
		if err := yaml.Unmarshal([]byte(readFile(t, "../../.github/workflows/"+name)), &w); err != nil || len(w.Jobs) == 0 {
			t.Fatalf("%s: %+v, %v", name, w, err)
		}
		for job, j := range w.Jobs {
			for _, s := range j.Steps {
				if s.Uses != "" && !pinned.MatchString(s.Uses) {
					t.Errorf("%s, %s: %s is not pinned", name, job, s.Uses)
				}
			}
			for what, may := range j.Permissions {
				if may == "write" && (name != "release.yml" || job != "release" || what != "contents" && what != "id-token") {
					t.Errorf("%s, %s may write %s", name, job, what)
				}
			}
		}
		if name == "release.yml" && (len(w.Permissions) > 0 || w.Jobs["release"].Needs != "test" || len(w.Jobs["release"].Permissions) != 2) {
			t.Errorf("release: %+v", w)
		}
	}
}

// TestReleaseIsDocumented holds the manual, the workflow and the changelog together.
func TestReleaseIsDocumented(t *testing.T) {
	t.Parallel()
	manual := readFile(t, "../../docs/releases.md")
	for _, word := range []string{"checksums.txt.sigstore.json", "release.yml@refs/tags/v0.1.0", "lector_0.1.0_linux_amd64.tar.gz", "CHANGELOG.md", ".goreleaser.yaml"} {
		if !strings.Contains(manual, word) {
			t.Errorf("docs/releases.md does not say %s", word)
		}
	}
	headings := regexp.MustCompile(`(?m)^## (.*)$`).FindAllStringSubmatch(readFile(t, "../../CHANGELOG.md"), -1)
	if len(headings) == 0 || !strings.HasPrefix(headings[len(headings)-1][1], "0.1.0") {
		t.Errorf("the changelog does not begin at 0.1.0: %v", headings)
	}
}

func readFile(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

package check

import (
	"context"
	"os"
	"strings"
	"testing"

	"github.com/moby/buildkit/client/llb"
	"github.com/moby/buildkit/client/llb/sourceresolver"
	"github.com/moby/buildkit/frontend/dockerfile/dockerfile2llb"
	"github.com/opencontainers/go-digest"
)

// noRegistry answers for every base image, so that none is asked for.
type noRegistry struct{}

func (noRegistry) ResolveImageConfig(_ context.Context, ref string, _ sourceresolver.Opt) (string, digest.Digest, []byte, error) {
	return ref, digest.FromString(ref), []byte(`{"os":"linux","architecture":"amd64","config":{"Env":["PATH=/usr/bin"]}}`), nil
}

// lint returns what docker build --check would say.
func lint(t *testing.T, dockerfile string) (warnings []string) {
	t.Helper()
	source := llb.NewSourceMap(nil, "Dockerfile", "Dockerfile", []byte(dockerfile))
	source.Definition = &llb.Definition{}
	found, err := dockerfile2llb.DockerfileLint(t.Context(), []byte(dockerfile), dockerfile2llb.ConvertOpt{
		SourceMap: source, MetaResolver: noRegistry{},
	})
	if err != nil {
		return []string{err.Error()}
	}
	if found.Error != nil {
		warnings = append(warnings, found.Error.Message)
	}
	for _, w := range found.Warnings {
		warnings = append(warnings, w.RuleName+": "+w.Detail)
	}
	return warnings
}

func TestDockerfile(t *testing.T) {
	t.Parallel()
	content, err := os.ReadFile("../Dockerfile")
	if err != nil {
		t.Fatal(err)
	}
	for _, warning := range lint(t, string(content)) {
		t.Error(warning)
	}
	for change, want := range map[[2]string]string{
		{"AS build", "as build"}:                           "FromAsCasing",
		{"ENV LECTOR_DATA=", "ENV AWS_SECRET_ACCESS_KEY="}: "SecretsUsedInArgOrEnv",
		{"WORKDIR /data", "WORKDIRS /data"}:                "WORKDIRS",
		{`CMD ["serve"]`, `CMD serve`}:                     "JSONArgsRecommended",
	} {
		bad := strings.Replace(string(content), change[0], change[1], 1)
		if got := strings.Join(lint(t, bad), "\n"); !strings.Contains(got, want) {
			t.Errorf("%s: the linter says %q", change[1], got)
		}
	}
}

// TestCopiedPathsExist looks for what the image copies out of the repository,
// which the linter cannot know.
func TestCopiedPathsExist(t *testing.T) {
	t.Parallel()
	content, err := os.ReadFile("../Dockerfile")
	if err != nil {
		t.Fatal(err)
	}
	copied := 0
	for line := range strings.Lines(string(content)) {
		words := strings.Fields(line)
		if len(words) < 3 || words[0] != "COPY" || strings.HasPrefix(words[1], "--") {
			continue
		}
		for _, path := range words[1 : len(words)-1] {
			copied++
			if _, err := os.Stat(root + path); err != nil {
				t.Error(err)
			}
		}
	}
	if copied < 3 {
		t.Errorf("saw %d paths only", copied)
	}
}

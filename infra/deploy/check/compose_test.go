package check

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/loader"
	"github.com/compose-spec/compose-go/v2/types"
)

const root = "../../../"

// load reads a compose file as docker compose does.
func load(t *testing.T, content string) (*types.Project, error) {
	t.Helper()
	return loader.LoadWithContext(t.Context(), types.ConfigDetails{
		WorkingDir:  root,
		ConfigFiles: []types.ConfigFile{{Filename: root + "docker-compose.yml", Content: []byte(content)}},
		Environment: types.Mapping{},
	})
}

func compose(t *testing.T) string {
	t.Helper()
	content, err := os.ReadFile(root + "docker-compose.yml")
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

func TestCompose(t *testing.T) {
	t.Parallel()
	project, err := load(t, compose(t))
	if err != nil {
		t.Fatal(err)
	}
	names := project.ServiceNames()
	slices.Sort(names)
	if want := []string{"demo", "nats", "publisher", "s3", "setup", "worker"}; !slices.Equal(names, want) {
		t.Errorf("services %v, want %v", names, want)
	}
	for name, service := range project.Services {
		checkService(t, name, service)
	}
}

// checkService holds what every service of ours keeps to.
func checkService(t *testing.T, name string, s types.ServiceConfig) {
	t.Helper()
	for _, port := range s.Ports {
		if port.HostIP != "127.0.0.1" {
			t.Errorf("%s: port %s is open to the network", name, port.Published)
		}
	}
	if s.Build == nil {
		if _, tag, ok := strings.Cut(s.Image, ":"); !ok || tag == "latest" {
			t.Errorf("%s: image %s has no version", name, s.Image)
		}
		return
	}
	if !s.ReadOnly || !slices.Equal(s.CapDrop, []string{"ALL"}) || len(s.SecurityOpt) == 0 {
		t.Errorf("%s is not confined: read-only %v, drops %v", name, s.ReadOnly, s.CapDrop)
	}
	if _, err := os.Stat(root + s.Build.Dockerfile); err != nil {
		t.Errorf("%s: %v", name, err)
	}
	for _, volume := range s.Volumes {
		if volume.Type != types.VolumeTypeBind {
			continue
		}
		if _, err := os.Stat(volume.Source); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestCheckCanFail breaks the file in the ways in which people do.
func TestCheckCanFail(t *testing.T) {
	t.Parallel()
	good := compose(t)
	for what, change := range map[string][2]string{
		"an unknown key":           {"stop_grace_period:", "stop_grace_perod:"},
		"an unknown service":       {"      worker: {condition", "      wroker: {condition"},
		"an unknown condition":     {"service_completed_successfully", "service_done"},
		"an undeclared volume":     {"\n  s3-meta:\n", "\n"},
		"a broken interpolation":   {"${S3_ACCESS_KEY:-lector}", "${S3_ACCESS_KEY:-lector"},
		"an interval without unit": {"interval: 2s", "interval: 2"},
	} {
		bad := strings.Replace(good, change[0], change[1], 1)
		if bad == good {
			t.Errorf("%s: nothing changed", what)
		}
		if _, err := load(t, bad); err == nil {
			t.Errorf("%s passes", what)
		}
	}
}

package deploy_test

import (
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"lector/infra/lectortest"
)

// TestKubernetesRoomForAnswers: a pod whose volume is full is evicted, with the answers of
// voices that are there alone.
func TestKubernetesRoomForAnswers(t *testing.T) {
	t.Parallel()
	design, err := os.ReadFile("../../worker/DESIGN.md")
	if err != nil {
		t.Fatal(err)
	}
	deployment, err := os.ReadFile("kubernetes/worker.yaml")
	if err != nil {
		t.Fatal(err)
	}
	most := regexp.MustCompile(`a directory of the worker up to (\d+) MB`).FindSubmatch(design)
	room := regexp.MustCompile(`name: data, emptyDir: \{sizeLimit: (\d+)Mi\}`).FindSubmatch(deployment)
	if most == nil || room == nil {
		t.Fatalf("worker/DESIGN.md names %q, the volume has %q", most, room)
	}
	var answers, volume int
	if _, err := fmt.Sscan(string(most[1])+" "+string(room[1]), &answers, &volume); err != nil || volume <= answers {
		t.Errorf("%d MB of answers, and a volume of %d: %v", answers, volume, err)
	}
}

// TestKubernetesLogins: what asks NATS for something has a login of its role.
func TestKubernetesLogins(t *testing.T) {
	t.Parallel()
	for _, role := range []string{"setup", "worker", "publisher"} {
		manifest, err := os.ReadFile("kubernetes/" + role + ".yaml")
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{"{name: LECTOR_NATS_USER, value: " + role + "}", "secretKeyRef: {name: lector-nats, key: " + role + "}"} {
			if !strings.Contains(string(manifest), want) {
				t.Errorf("%s.yaml lacks %s", role, want)
			}
		}
	}
}

// TestKubernetesSettings gives lector the settings of the kustomization and
// looks whether each is in force: a misspelt one would be passed over.
func TestKubernetesSettings(t *testing.T) {
	t.Parallel()
	content, err := os.ReadFile("kubernetes/kustomization.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var kustomization struct {
		ConfigMapGenerator []struct{ Literals []string } `yaml:"configMapGenerator"`
	}
	if err := yaml.Unmarshal(content, &kustomization); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), lectortest.Program(t), "config", "-config", "kubernetes/lector.yaml")
	cmd.Env = []string{"HOME=" + t.TempDir(), "PATH=" + os.Getenv("PATH")}
	var values []string
	for _, maps := range kustomization.ConfigMapGenerator {
		for _, literal := range maps.Literals {
			name, value, _ := strings.Cut(literal, "=")
			if name != "LECTOR_CONFIG" { // given as a flag
				values = append(values, value)
				cmd.Env = append(cmd.Env, literal)
			}
		}
	}
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("lector config: %v\n%s", err, out)
	}
	for _, value := range append(values, "The Havana Reader") {
		if !strings.Contains(string(out), ": "+value+"\n") {
			t.Errorf("%s is not in force:\n%s", value, out)
		}
	}
	if len(values) < 8 {
		t.Errorf("saw %d settings only", len(values))
	}
}

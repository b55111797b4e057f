package deploy_test

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"lector/infra/lectortest"
)

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

package deploy_test

import (
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"lector/infra/observe"
)

// TestAlertsNameMetricsThatExist keeps the rules and the figures together.
func TestAlertsNameMetricsThatExist(t *testing.T) {
	t.Parallel()
	rules, err := os.ReadFile("prometheus-rules.yml")
	if err != nil {
		t.Fatal(err)
	}
	known := metricNames()
	named := regexp.MustCompile(`lector_\w+`).FindAllString(string(rules), -1)
	if len(named) < 5 {
		t.Errorf("the rules name %d metrics only", len(named))
	}
	for _, name := range named {
		if !known[strings.TrimSuffix(name, "_bucket")] {
			t.Errorf("no process has %s", name)
		}
	}
}

func metricNames() map[string]bool {
	descriptions := make(chan *prometheus.Desc)
	go func() {
		defer close(descriptions)
		observe.NewMetrics().Registry.Describe(descriptions)
	}()
	names := map[string]bool{}
	fqName := regexp.MustCompile(`fqName: "(\w+)"`)
	for d := range descriptions {
		if m := fqName.FindStringSubmatch(d.String()); m != nil {
			names[m[1]] = true
		}
	}
	return names
}

// TestPrometheusFiles asks Prometheus itself.
func TestPrometheusFiles(t *testing.T) {
	t.Parallel()
	promtool, err := exec.LookPath("promtool")
	if err != nil {
		t.Skip("SKIPPED, no promtool here; install it by: apt-get install prometheus")
	}
	for _, args := range [][]string{
		{"check", "config", "prometheus.yml"},
		{"test", "rules", "prometheus-rules_test.yml"},
	} {
		if out, err := exec.CommandContext(t.Context(), promtool, args...).CombinedOutput(); err != nil {
			t.Errorf("promtool %s: %v\n%s", strings.Join(args, " "), err, out)
		}
	}
}

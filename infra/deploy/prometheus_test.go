package deploy_test

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"go.yaml.in/yaml/v3"

	"lector/infra/observe"
)

const (
	rulesFile     = "prometheus/lector.rules.yml"
	dashboardFile = "grafana/lector.json"
)

// TestMetricsThatAreNamedExist keeps the rules, the dashboard and the figures
// together.
func TestMetricsThatAreNamedExist(t *testing.T) {
	t.Parallel()
	known := metricNames()
	for _, name := range []string{rulesFile, "prometheus/lector.rules_test.yml", dashboardFile} {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		named := regexp.MustCompile(`\blector_\w+`).FindAllString(string(text), -1)
		if len(named) < 20 {
			t.Errorf("%s names %d metrics only", name, len(named))
		}
		for _, metric := range named {
			if !known[metric] && !known[strings.TrimSuffix(metric, "_bucket")] {
				t.Errorf("%s: no process has %s", name, metric)
			}
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

// alert is an alert of the rules.
type alert struct {
	Alert       string
	Expr        string
	Labels      map[string]string
	Annotations map[string]string
}

func alerts(t *testing.T) (all []alert) {
	t.Helper()
	data, err := os.ReadFile(rulesFile)
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Groups []struct{ Rules []alert }
	}
	if err := yaml.Unmarshal(data, &file); err != nil {
		t.Fatal(err)
	}
	for _, g := range file.Groups {
		all = append(all, g.Rules...)
	}
	if len(all) < 15 {
		t.Errorf("%d alerts only", len(all))
	}
	return all
}

// TestAlertsSayWhatToDo wants of each alert how urgent it is, what it says, a command
// to begin with, a test and a paragraph in the manual.
func TestAlertsSayWhatToDo(t *testing.T) {
	t.Parallel()
	tests, err := os.ReadFile("prometheus/lector.rules_test.yml")
	if err != nil {
		t.Fatal(err)
	}
	manual, err := os.ReadFile("../../docs/operations.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range alerts(t) {
		severity := a.Labels["severity"]
		if severity != "page" && severity != "ticket" {
			t.Errorf("%s: severity %q", a.Alert, severity)
		}
		if a.Annotations["summary"] == "" || !strings.Contains(a.Annotations["runbook"], "lector ") {
			t.Errorf("%s: annotations %v", a.Alert, a.Annotations)
		}
		if !regexp.MustCompile(`alertname: ` + a.Alert + `\n *exp_alerts:\n`).Match(tests) {
			t.Errorf("%s never fires in a test", a.Alert)
		}
		if !strings.Contains(string(manual), fmt.Sprintf("| `%s` | %s |", a.Alert, severity)) {
			t.Errorf("docs/operations.md has no row of %s as a %s", a.Alert, severity)
		}
		page, place, _ := strings.Cut(a.Annotations["runbook_url"], "#")
		if page != "docs/operations.md" || place != strings.ToLower(a.Alert) || strings.Count(string(manual), fmt.Sprintf("<a id=%q></a>", place)) != 1 {
			t.Errorf("%s: runbook_url %q leads nowhere", a.Alert, a.Annotations["runbook_url"])
		}
	}
}

// TestPrometheusFiles asks Prometheus itself, also about the expressions of the
// dashboard.
func TestPrometheusFiles(t *testing.T) {
	t.Parallel()
	promtool, err := exec.LookPath("promtool")
	if err != nil {
		t.Skip("SKIPPED, no promtool here; make programs builds it")
	}
	for _, args := range [][]string{
		{"check", "config", "prometheus/prometheus.yml"},
		{"test", "rules", "prometheus/lector.rules_test.yml"},
		{"check", "rules", dashboardRules(t)},
	} {
		if out, err := exec.CommandContext(t.Context(), promtool, args...).CombinedOutput(); err != nil {
			t.Errorf("promtool %s: %v\n%s", strings.Join(args, " "), err, out)
		}
	}
}

// dashboardRules writes the expressions of the dashboard as rules, which promtool can
// check.
func dashboardRules(t *testing.T) string {
	t.Helper()
	var rules []string
	for i, e := range dashboardExpressions(t) {
		e = strings.NewReplacer("$__rate_interval", "5m", "$site", ".*").Replace(e)
		rules = append(rules, fmt.Sprintf("      - {record: \"dashboard:panel:%d\", expr: %q}\n", i, e))
	}
	name := filepath.Join(t.TempDir(), "dashboard.yml")
	if err := os.WriteFile(name, []byte("groups:\n  - name: dashboard\n    rules:\n"+strings.Join(rules, "")), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

func dashboardExpressions(t *testing.T) (all []string) {
	t.Helper()
	data, err := os.ReadFile(dashboardFile)
	if err != nil {
		t.Fatal(err)
	}
	var dashboard struct {
		Panels []struct {
			Title   string
			Targets []struct{ Expr string }
		}
	}
	if err := json.Unmarshal(data, &dashboard); err != nil {
		t.Fatal(err)
	}
	for _, p := range dashboard.Panels {
		if p.Title == "" || len(p.Targets) == 0 {
			t.Errorf("a panel without title or expression: %+v", p)
		}
		for _, target := range p.Targets {
			all = append(all, target.Expr)
		}
	}
	if len(all) < 10 {
		t.Errorf("%d expressions only", len(all))
	}
	return all
}

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// rulesFile are the alerts that operators are given.
const rulesFile = "infra/deploy/prometheus/lector.rules.yml"

// prometheus is a Prometheus that scrapes a run and evaluates its alerts.
type prometheus struct {
	child
	address string
}

// newPrometheus describes a server that scrapes processes by their names each second. Its
// rules are those of the project, with all their times divided by speed.
func newPrometheus(dir string, targets map[string]string, speed int) (*prometheus, error) {
	path, err := findProgram("prometheus")
	if err != nil {
		return nil, fmt.Errorf("%w: make ops builds it", err)
	}
	rules, err := readRules(speed)
	if err != nil {
		return nil, err
	}
	ports, err := freePorts(1)
	if err != nil {
		return nil, err
	}
	file := filepath.Join(dir, "prometheus.yml")
	for name, text := range map[string]string{filepath.Join(dir, "rules.yml"): rules, file: scrapeConfig(targets)} {
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			return nil, err
		}
	}
	p := &prometheus{address: "http://" + loopback(ports[0])}
	p.name, p.path, p.dir = "prometheus", path, dir
	p.args = []string{"--config.file=" + file, "--storage.tsdb.path=" + filepath.Join(dir, "prometheus"),
		"--web.listen-address=" + loopback(ports[0])}
	return p, nil
}

// scrapeConfig has each process scraped under its own name.
func scrapeConfig(targets map[string]string) string {
	var b strings.Builder
	b.WriteString("global: {scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s}\nrule_files: [rules.yml]\nscrape_configs:\n" +
		"  - job_name: lector\n    static_configs:\n")
	for _, name := range slices.Sorted(maps.Keys(targets)) {
		fmt.Fprintf(&b, "      - {targets: [%q], labels: {instance: %s}}\n", targets[name], name)
	}
	return b.String()
}

// readRules reads the alerts of the module that this program was started in.
func readRules(speed int) (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for ; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		if text, err := os.ReadFile(filepath.Join(dir, rulesFile)); err == nil {
			return faster(string(text), speed), nil
		}
	}
	return "", fmt.Errorf("no %s in this directory or above it", rulesFile)
}

var (
	ruleTime = regexp.MustCompile(`(\bfor: |\[|\boffset )(\d+)([smhd])\b`)
	ruleAge  = regexp.MustCompile(`(_age_seconds\b.*> )(\d+)`)
)

// faster divides the times of rules: how long something must hold, the windows that are
// looked back at, and the ages that are compared.
func faster(rules string, speed int) string {
	unit := map[string]time.Duration{"s": time.Second, "m": time.Minute, "h": time.Hour, "d": 24 * time.Hour}
	rules = ruleTime.ReplaceAllStringFunc(rules, func(text string) string {
		m := ruleTime.FindStringSubmatch(text)
		n, _ := strconv.Atoi(m[2]) // digits
		return fmt.Sprintf("%s%dms", m[1], (time.Duration(n) * unit[m[3]] / time.Duration(speed)).Milliseconds())
	})
	return ruleAge.ReplaceAllStringFunc(rules, func(text string) string {
		m := ruleAge.FindStringSubmatch(text)
		n, _ := strconv.Atoi(m[2]) // digits
		return fmt.Sprintf("%s%g", m[1], float64(n)/float64(speed))
	})
}

// alert is an alert that fires.
type alert struct {
	Labels      map[string]string `json:"labels"`
	Annotations map[string]string `json:"annotations"`
	State       string            `json:"state"`
}

func (a alert) name() string { return a.Labels["alertname"] }

// String is the alert with what tells it from others of its name.
func (a alert) String() string {
	var of []string
	for _, label := range slices.Sorted(maps.Keys(a.Labels)) {
		if !slices.Contains([]string{"alertname", "severity", "job"}, label) {
			of = append(of, a.Labels[label])
		}
	}
	return fmt.Sprintf("%s (%s)", a.name(), strings.Join(append([]string{a.Labels["severity"]}, of...), ", "))
}

// firing returns the alerts that fire.
func (p *prometheus) firing(ctx context.Context) (firing []alert, err error) {
	status, body, err := get(ctx, p.address+"/api/v1/alerts")
	if err != nil || status != http.StatusOK {
		return nil, fmt.Errorf("alerts: status %d: %w", status, err)
	}
	var answer struct {
		Data struct {
			Alerts []alert `json:"alerts"`
		} `json:"data"`
	}
	if err := json.Unmarshal(body, &answer); err != nil {
		return nil, fmt.Errorf("alerts: %w", err)
	}
	for _, a := range answer.Data.Alerts {
		if a.State == "firing" {
			firing = append(firing, a)
		}
	}
	slices.SortFunc(firing, func(x, y alert) int { return strings.Compare(x.String(), y.String()) })
	return firing, nil
}

// up reports whether Prometheus has scraped all processes.
func (p *prometheus) up(ctx context.Context, targets int) bool {
	status, body, err := get(ctx, p.address+"/api/v1/query?query=sum(up)")
	return err == nil && status == http.StatusOK && strings.Contains(string(body), fmt.Sprintf("%q]", strconv.Itoa(targets)))
}

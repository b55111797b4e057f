package main

import (
	"fmt"
	"maps"
	"slices"

	"go.yaml.in/yaml/v3"

	"lector"
)

// refuseZeroBudgets refuses a bound of 0 in a file of settings. In the settings 0 is no
// bound, and who writes it wants to stop a site. What else is wrong with the file is found
// when it is read.
func refuseZeroBudgets(data []byte) error {
	var file struct {
		Sites map[string]struct {
			Budget map[string]yaml.Node `yaml:"budget"`
		} `yaml:"sites"`
	}
	_ = yaml.Unmarshal(data, &file) // what is wrong is told by the strict reading
	for _, site := range slices.Sorted(maps.Keys(file.Sites)) {
		bounds := file.Sites[site].Budget
		for _, key := range slices.Sorted(maps.Keys(bounds)) {
			bound, n := bounds[key], 1.0
			if err := bound.Decode(&n); err == nil && n == 0 {
				return zeroBudget(site, key, bound.Line)
			}
		}
	}
	return nil
}

func zeroBudget(site, key string, line int) error {
	return lector.Hint(fmt.Errorf("line %d: sites.%s.budget.%s: 0 would bound nothing", line, site, key),
		"leave the key out for no bound; lector pause site %s stops the site", site)
}

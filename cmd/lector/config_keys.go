package main

import (
	"reflect"
	"strings"
)

// configKeys returns the keys of a group of settings, named by its Go type as the parser
// of YAML names it: main.siteConfig.
func configKeys(typeName string) []string {
	groups := map[string][]string{}
	collectKeys(reflect.TypeFor[config](), groups)
	return groups[typeName]
}

// collectKeys notes the keys of each group below t.
func collectKeys(t reflect.Type, groups map[string][]string) {
	switch t.Kind() {
	case reflect.Map, reflect.Slice, reflect.Pointer:
		collectKeys(t.Elem(), groups)
		return
	case reflect.Struct:
	default:
		return
	}
	if _, known := groups[t.String()]; known {
		return
	}
	groups[t.String()] = []string{}
	for field := range t.Fields() {
		key, _, _ := strings.Cut(field.Tag.Get("yaml"), ",")
		if key == "" || key == "-" {
			continue
		}
		groups[t.String()] = append(groups[t.String()], key)
		collectKeys(field.Type, groups)
	}
}

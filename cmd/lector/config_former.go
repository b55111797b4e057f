package main

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"

	"lector"
)

// formerKey is a setting that had another name before. Its path has * for the
// name of a site or a voice.
type formerKey struct{ before, now string }

func formerKeys() []formerKey {
	return []formerKey{
		{"private", "admin_listen"},
		{"worker.articles", "worker.concurrent_jobs"},
		{"worker.calls", "worker.concurrent_calls"},
		{"voices.*.context", "voices.*.send_context"},
		{"sites.*.cast", "sites.*.voices_by_role"},
		{"sites.*.notice", "sites.*.spoken_disclosure"},
		{"sites.*.read", "sites.*.include"},
		{"sites.*.feed", "sites.*.podcast"},
	}
}

// formerHint is what to do about a former name.
const formerHint = "rename it; lector config shows all keys"

// variable is the environment name of a key's path.
func variable(path string) string {
	return "LECTOR_" + strings.ToUpper(strings.ReplaceAll(path, ".", "_"))
}

// refuseFormerVariables refuses variables with a former name, naming the new.
// Settings of sites and voices have none.
func (a *app) refuseFormerVariables() error {
	for _, k := range formerKeys() {
		if before := variable(k.before); !strings.Contains(k.before, "*") && a.getenv(before) != "" {
			return lector.Hint(fmt.Errorf("%s is now %s", before, variable(k.now)), formerHint)
		}
	}
	return nil
}

// refuseFormerKeys refuses a file in which a key has a former name, naming the
// new. What is wrong with the file otherwise is found when it is read.
func refuseFormerKeys(data []byte) error {
	var document yaml.Node
	if err := yaml.NewDecoder(bytes.NewReader(data)).Decode(&document); err != nil || len(document.Content) == 0 {
		return nil //nolint:nilerr // the strict reading says it better
	}
	var found []string
	for _, k := range formerKeys() {
		found = append(found, k.find(document.Content[0], nil, strings.Split(k.before, "."))...)
	}
	if len(found) == 0 {
		return nil
	}
	return lector.Hint(errors.New(strings.Join(found, "; ")), formerHint)
}

// find says for each place of the key below n, whose own path is given, how it
// is named now.
func (k formerKey) find(n *yaml.Node, path, rest []string) (found []string) {
	if n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	if n.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		if rest[0] != "*" && rest[0] != key.Value {
			continue
		}
		here := append(path[:len(path):len(path)], key.Value)
		if len(rest) > 1 {
			found = append(found, k.find(n.Content[i+1], here, rest[1:])...)
			continue
		}
		last := k.now[strings.LastIndexByte(k.now, '.')+1:]
		before, now := strings.Join(here, "."), strings.Join(append(path[:len(path):len(path)], last), ".")
		found = append(found, fmt.Sprintf("line %d: %s is now %s", key.Line, before, now))
	}
	return found
}

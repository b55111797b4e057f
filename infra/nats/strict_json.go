package nats

import (
	"encoding/json"
	"regexp"
)

// fieldName is how the schema and CloudEvents spell their names.
var fieldName = regexp.MustCompile(`^[a-z0-9_]+$`)

// unmarshalExact is json.Unmarshal for an object whose names, and those of the
// objects right in it, are all in lower case. By itself encoding/json takes
// "Visibility" for "visibility" too: a field that nobody knows would pass the
// schema unseen and then overwrite one that was checked.
func unmarshalExact(data []byte, into any) error {
	exact, err := lowerCaseFields(data, 2)
	if err != nil {
		return err
	}
	return json.Unmarshal(exact, into)
}

// lowerCaseFields drops the names that cannot be known ones, down to the given
// depth: each level reads the data once more. What is no object stays as it is.
func lowerCaseFields(data json.RawMessage, levels int) (json.RawMessage, error) {
	var fields map[string]json.RawMessage
	if levels > 0 {
		_ = json.Unmarshal(data, &fields) // no object, or no JSON: who reads it will say so
	}
	if fields == nil {
		return data, nil
	}
	for name, value := range fields {
		if !fieldName.MatchString(name) {
			delete(fields, name)
			continue
		}
		exact, err := lowerCaseFields(value, levels-1)
		if err != nil {
			return nil, err
		}
		fields[name] = exact
	}
	return json.Marshal(fields)
}

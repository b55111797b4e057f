package nats

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"sync"
	"unicode/utf8"
)

// fieldName is how the schema and CloudEvents spell their names.
var fieldName = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[a-z0-9_]+$`) })

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
		if !fieldName().MatchString(name) {
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

// checkUnambiguous refuses JSON that readers may take differently: text that is no UTF-8,
// and an object in which a name stands twice. Of two visibilities one would be public.
func checkUnambiguous(data []byte) error {
	if !utf8.Valid(data) {
		return errors.New("invalid UTF-8, so no JSON")
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	var open []map[string]bool // the names in each object that is open; nil for a list
	isName := false
	for {
		token, err := d.Token()
		if err != nil { // the end, or no JSON: who reads it says so
			return nil //nolint:nilerr // as said
		}
		switch token {
		case json.Delim('{'):
			open = append(open, map[string]bool{})
		case json.Delim('['):
			open = append(open, nil)
		case json.Delim('}'), json.Delim(']'):
			open = open[:len(open)-1]
		default:
			if name, _ := token.(string); isName {
				if names := open[len(open)-1]; names[name] {
					return fmt.Errorf("%.40q stands twice", name)
				}
				open[len(open)-1][name] = true
				isName = false
				continue
			}
		}
		isName = len(open) > 0 && open[len(open)-1] != nil
	}
}

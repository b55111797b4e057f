package schema

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
)

// UnknownField is a field that nobody reads.
type UnknownField struct {
	Path  string   // kicker, body.html
	Known []string // the fields that there may be in its place
}

// fields is as much of a JSON Schema as names the fields of objects.
type fields struct {
	Properties map[string]fields `json:"properties"`
}

var articleFields = sync.OnceValues(func() (fields, error) {
	var f fields
	err := json.Unmarshal(articleSchema, &f)
	return f, err
})

// UnknownFields lists the fields of an article's data that the schema does not name, in
// alphabetical order. Data that is no object has none.
func UnknownFields(data []byte) ([]UnknownField, error) {
	known, err := articleFields()
	if err != nil {
		return nil, fmt.Errorf("read article schema: %w", err)
	}
	return known.unknown("", data), nil
}

func (f fields) unknown(prefix string, data []byte) []UnknownField {
	var object map[string]json.RawMessage
	if len(f.Properties) == 0 || json.Unmarshal(data, &object) != nil {
		return nil
	}
	var found []UnknownField
	for _, name := range slices.Sorted(maps.Keys(object)) {
		part, known := f.Properties[name]
		if !known {
			found = append(found, UnknownField{prefix + name, slices.Sorted(maps.Keys(f.Properties))})
		}
		found = append(found, part.unknown(prefix+name+".", object[name])...)
	}
	return found
}

// Name is the last part of the path.
func (f UnknownField) Name() string { return f.Path[strings.LastIndexByte(f.Path, '.')+1:] }

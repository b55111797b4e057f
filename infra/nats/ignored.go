package nats

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"

	"lector/infra/schema"
)

// attributes are those of a CloudEvent in structured mode that Lector reads, and those
// of CloudEvents that it does not need.
func attributes() []string {
	names := []string{"datacontenttype", "dataschema", "subject"}
	for field := range reflect.TypeFor[cloudEvent]().Fields() {
		if name := field.Tag.Get("json"); name != "-" {
			names = append(names, name)
		}
	}
	return names
}

// IgnoredFields lists what Lector does not read of an event in structured mode: its
// attributes, then the fields of its data, as data.kicker and data.body.html.
func IgnoredFields(event []byte) ([]schema.UnknownField, error) {
	var all map[string]json.RawMessage
	if err := json.Unmarshal(event, &all); err != nil {
		return nil, fmt.Errorf("article event: %w", err)
	}
	var found []schema.UnknownField
	for _, name := range slices.Sorted(maps.Keys(all)) {
		if !slices.Contains(attributes(), name) {
			found = append(found, schema.UnknownField{Path: name, Known: attributes()})
		}
	}
	e, err := parseStructured(nil, event)
	if err != nil {
		return nil, err
	}
	inData, err := schema.UnknownFields(e.Data)
	for _, f := range inData {
		found = append(found, schema.UnknownField{Path: "data." + f.Path, Known: f.Known})
	}
	return found, err
}

package main

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
)

// schemaNode is what a JSON Schema says of a value.
type schemaNode struct {
	Type        any                   `json:"type"` // a name, or a list of names
	Enum        []any                 `json:"enum"`
	MinLength   int                   `json:"minLength"`
	MaxLength   int                   `json:"maxLength"`
	MaxItems    int                   `json:"maxItems"`
	Pattern     string                `json:"pattern"`
	Format      string                `json:"format"`
	Description string                `json:"description"`
	Items       *schemaNode           `json:"items"`
	Required    []string              `json:"required"`
	Properties  map[string]schemaNode `json:"properties"`
}

// readSchema reads the schema of article events.
func readSchema(t *testing.T) (s schemaNode) {
	t.Helper()
	data, err := os.ReadFile("../../infra/schema/article.v1.schema.json")
	if err == nil {
		err = json.Unmarshal(data, &s)
	}
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// kinds names the types of a value. What is null counts as absent.
func (n schemaNode) kinds() string {
	names := []string{}
	for _, name := range append(n.listed(), n.Enum...) {
		if text := fmt.Sprint(name); name != nil && text != "null" {
			names = append(names, strings.NewReplacer("array", "list of "+n.itemKinds(), "integer", "whole number").Replace(text))
		}
	}
	return strings.Join(names, " or ")
}

// listed are the type names, of which a schema writes a single one without brackets.
func (n schemaNode) listed() []any {
	switch x := n.Type.(type) {
	case []any:
		return x
	case nil:
		return nil
	default:
		return []any{x}
	}
}

func (n schemaNode) itemKinds() string {
	if n.Items == nil {
		return ""
	}
	return n.Items.kinds()
}

// limits says what the schema bounds beside the type.
func (n schemaNode) limits() string {
	var all []string
	add := func(holds bool, format string, args ...any) {
		if holds {
			all = append(all, fmt.Sprintf(format, args...))
		}
	}
	add(n.MinLength > 0, "not empty")
	add(n.MaxLength > 0, "at most %d characters", n.MaxLength)
	add(n.MaxItems > 0, "at most %d", n.MaxItems)
	add(n.Items != nil && n.Items.MaxLength > 0, "each of at most %d characters", n.items().MaxLength)
	add(n.Format == "date-time", "RFC 3339")
	add(n.Pattern != "", "`%s`", n.Pattern)
	return strings.Join(all, ", ")
}

func (n schemaNode) items() schemaNode {
	if n.Items == nil {
		return schemaNode{}
	}
	return *n.Items
}

// schemaFields lists the fields of an object of a schema, with the comments of the struct
// that it is read into, which must have the same fields.
func (r *reference) schemaFields(object schemaNode, fields []fieldDoc) {
	r.table("field", "type", "bounds", "what it says")
	left := len(object.Properties)
	for _, f := range fields {
		n, found := object.Properties[f.json]
		if !found {
			r.t.Errorf("the schema has no field %s", f.json)
			continue
		}
		left--
		says := f.doc
		if n.Description != "" && n.Properties == nil {
			says = joinDescriptions(f.doc, n.Description)
		}
		bounds := n.limits()
		if slices.Contains(object.Required, f.json) {
			bounds = strings.TrimSuffix("required, "+bounds, ", ")
		}
		r.row("`"+f.json+"`", n.kinds(), bounds, says)
	}
	if left > 0 {
		r.t.Errorf("%d fields of the schema are none of the struct", left)
	}
}

// joinDescriptions returns what the struct and the schema say of a field, once where the
// schema begins with the words of the struct.
func joinDescriptions(comment, description string) string {
	if strings.HasPrefix(strings.ToLower(description), strings.ToLower(comment)) {
		return description
	}
	return strings.TrimSuffix(comment, ".") + ". " + description
}

// TestSchemaNode holds that what a schema says is written out.
func TestSchemaNode(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][2]string{
		`{"type": "string"}`:           {"string", ""},
		`{"type": ["string", "null"]}`: {"string", ""},
		`{"type": ["string", "integer"], "minLength": 1, "maxLength": 5}`:                           {"string or whole number", "not empty, at most 5 characters"},
		`{"type": ["array"], "maxItems": 3, "items": {"type": ["string", "null"], "maxLength": 7}}`: {"list of string", "at most 3, each of at most 7 characters"},
		`{"enum": ["on", "off", null]}`:                                                             {"on or off", ""},
		`{"type": "string", "pattern": "^a$"}`:                                                      {"string", "`^a$`"},
		`{"type": "string", "format": "date-time"}`:                                                 {"string", "RFC 3339"},
	} {
		var n schemaNode
		if err := json.Unmarshal([]byte(text), &n); err != nil {
			t.Fatal(err)
		}
		if n.kinds() != want[0] || n.limits() != want[1] {
			t.Errorf("%s: %q %q, want %q", text, n.kinds(), n.limits(), want)
		}
	}
}

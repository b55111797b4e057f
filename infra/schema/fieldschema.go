package schema

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/google/jsonschema-go/jsonschema"

	"lector"
)

// fieldSchema is a part of a JSON Schema: the value of one field of an article. The library's
// errors name the keyword and not the field, so each part is checked by itself.
type fieldSchema struct {
	own        *jsonschema.Resolved // without the parts below
	required   []string
	properties map[string]*fieldSchema
	items      *fieldSchema
	anyOf      []*fieldSchema
}

// newFieldSchema reads a schema and the parts below it. Nil gives nil.
func newFieldSchema(s *jsonschema.Schema) (*fieldSchema, error) {
	if s == nil {
		return nil, nil
	}
	own := *s
	own.ID, own.Required, own.Properties, own.Items, own.AnyOf = "", nil, nil, nil, nil
	f := &fieldSchema{required: s.Required, properties: map[string]*fieldSchema{}}
	var err error
	if f.own, err = own.Resolve(nil); err != nil {
		return nil, err
	}
	if f.items, err = newFieldSchema(s.Items); err != nil {
		return nil, err
	}
	for name, part := range s.Properties {
		if f.properties[name], err = newFieldSchema(part); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	for _, part := range s.AnyOf {
		option, err := newFieldSchema(part)
		if err != nil {
			return nil, err
		}
		f.anyOf = append(f.anyOf, option)
	}
	return f, nil
}

// check returns the first fault of a decoded JSON value at path; nil if there is none.
func (f *fieldSchema) check(path string, value any) error {
	if err := f.checkOwn(path, value); err != nil {
		return err
	}
	switch value := value.(type) {
	case map[string]any:
		return f.checkObject(path, value)
	case []any:
		return f.checkItems(path, value)
	}
	return nil
}

func (f *fieldSchema) checkOwn(path string, value any) error {
	if text, ok := value.(string); ok && f.own.Schema().Format == "date-time" { // the library ignores formats
		if _, err := lector.ParseTime(text); err != nil {
			return fmt.Errorf("%s: %.40q is no time as 2026-11-28T10:00:00Z (RFC 3339)", path, text)
		}
	}
	if number, ok := value.(json.Number); ok { // a text to the library, by its kind
		value, _ = number.Float64()
	}
	err := f.own.Validate(value)
	switch {
	case err == nil:
		return nil
	case value == nil && path != "":
		return fmt.Errorf("%s is missing", path)
	}
	return fmt.Errorf("%s%s", prefix(path, ": "), f.reason(err, value))
}

// reason is the library's error in fewer words: it holds the value, however long.
func (f *fieldSchema) reason(err error, value any) string {
	why := strings.TrimPrefix(err.Error(), "validating root: ")
	keyword, _, _ := strings.Cut(why, ":")
	s := f.own.Schema()
	text, isText := value.(string)
	switch {
	case keyword == "type" && s.Type != "":
		return "want " + s.Type
	case keyword == "type":
		return "want " + strings.Join(s.Types, " or ")
	case keyword == "enum":
		options, _ := json.Marshal(s.Enum)
		return fmt.Sprintf("want one of %s", options)
	case isText:
		return strings.ReplaceAll(why, strconv.Quote(text), fmt.Sprintf("%.80q", text))
	}
	return why
}

func (f *fieldSchema) checkObject(path string, object map[string]any) error {
	for _, name := range f.required {
		if _, ok := object[name]; !ok {
			return fmt.Errorf("%s%s is missing", prefix(path, "."), name)
		}
	}
	if err := f.checkAnyOf(path, object); err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(f.properties)) {
		value, ok := object[name]
		if !ok {
			continue
		}
		if err := f.properties[name].check(prefix(path, ".")+name, value); err != nil {
			return err
		}
	}
	return nil
}

// checkAnyOf returns the first option's fault if there are options and none allows object.
func (f *fieldSchema) checkAnyOf(path string, object map[string]any) error {
	var first error
	for _, option := range f.anyOf {
		err := option.check(path, object)
		if err == nil {
			return nil
		}
		if first == nil {
			first = err
		}
	}
	return first
}

func (f *fieldSchema) checkItems(path string, list []any) error {
	if f.items == nil {
		return nil
	}
	for n, value := range list {
		if err := f.items.check(fmt.Sprintf("%s%d", prefix(path, "."), n), value); err != nil {
			return err
		}
	}
	return nil
}

// prefix is path and what separates it from the text behind it; "" for the whole article.
func prefix(path, separator string) string {
	if path == "" {
		return ""
	}
	return path + separator
}

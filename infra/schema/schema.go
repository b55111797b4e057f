// Package schema checks the data of article events against the JSON Schema
// that CMS authors read too.
package schema

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"
	"golang.org/x/text/language"
	"golang.org/x/text/message"

	"lector"
)

// articleSchema is the JSON Schema (2020-12) of an article event's data.
//
//go:embed article.v1.schema.json
var articleSchema []byte

var articleV1 = sync.OnceValues(func() (*jsonschema.Schema, error) {
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(articleSchema))
	if err != nil {
		return nil, err
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	const name = "article.v1.schema.json"
	if err := c.AddResource(name, doc); err != nil {
		return nil, err
	}
	return c.Compile(name)
})

// CheckArticle reports the first field of data that the schema does not allow,
// as a permanent error naming it.
func CheckArticle(data []byte) error {
	s, err := articleV1()
	if err != nil {
		return fmt.Errorf("compile article schema: %w", err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		return lector.Permanent(fmt.Errorf("article data is not JSON: %w", err))
	}
	if err := plainFault(doc); err != nil {
		return lector.Permanent(fmt.Errorf("article data: %w", err))
	}
	if err := s.Validate(doc); err != nil {
		return lector.Permanent(fmt.Errorf("article data: %s", firstFault(err)))
	}
	return nil
}

// plainFault finds what the schema would put in patterns, and 4711.0, which is
// an integer to it.
func plainFault(doc any) error {
	fields, _ := doc.(map[string]any)
	for _, name := range []string{"id", "revision"} {
		value, err := json.Marshal(fields[name])
		if err == nil {
			_, err = lector.ParseIdentifier(value)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	if address, ok := fields["url"].(string); ok && address != "" {
		if err := lector.CheckAddress(address); err != nil {
			return fmt.Errorf("url: %w", err)
		}
	}
	return nil
}

// firstFault digs the innermost cause out of a validation error.
func firstFault(err error) string {
	var v *jsonschema.ValidationError
	if !errors.As(err, &v) {
		return err.Error()
	}
	for len(v.Causes) > 0 {
		v = v.Causes[0]
	}
	field := strings.Join(v.InstanceLocation, ".")
	switch k := v.ErrorKind.(type) {
	case *kind.Required:
		return strings.TrimPrefix(field+"."+k.Missing[0], ".") + " is missing"
	case *kind.Type:
		if k.Got == "null" && field != "" {
			return field + " is missing"
		}
	case *kind.Format:
		if k.Want == "date-time" {
			return fmt.Sprintf("%s: %.40q is no time as 2026-11-28T10:00:00Z (RFC 3339)", field, k.Got)
		}
	case *kind.Enum:
		if k.Got == nil {
			return field + " is missing"
		}
	}
	what := v.ErrorKind.LocalizedString(message.NewPrinter(language.English))
	if field == "" {
		return what
	}
	return field + ": " + what
}

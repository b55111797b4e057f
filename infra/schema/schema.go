// Package schema checks the data of article events against the JSON Schema
// that CMS authors read too.
package schema

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/google/jsonschema-go/jsonschema"

	"lector"
)

// articleSchema is the JSON Schema (2020-12) of an article event's data.
//
//go:embed article.v1.schema.json
var articleSchema []byte

var articleV1 = sync.OnceValues(func() (*fieldSchema, error) {
	var s jsonschema.Schema
	if err := json.Unmarshal(articleSchema, &s); err != nil {
		return nil, err
	}
	return newFieldSchema(&s)
})

// CheckArticle reports the first field of data that the schema does not allow,
// as a permanent error naming it.
func CheckArticle(data []byte) error {
	article, err := articleV1()
	if err != nil {
		return fmt.Errorf("compile article schema: %w", err)
	}
	doc, err := decode(data)
	if err != nil {
		return lector.Permanent(fmt.Errorf("article data is not JSON: %w", err))
	}
	if err = plainFault(doc); err == nil {
		err = article.check("", doc)
	}
	if err != nil {
		return lector.Permanent(fmt.Errorf("article data: %w", err))
	}
	return nil
}

// decode reads one JSON value, with numbers as they are written.
func decode(data []byte) (any, error) {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	var value any
	if err := d.Decode(&value); err != nil {
		return nil, err
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, errors.New("there is more behind it")
	}
	return value, nil
}

// plainFault finds what the schema would put in patterns, and 4711.0, which is
// an integer to it. It replaces an identifier that is a number by its digits.
func plainFault(doc any) error {
	fields, _ := doc.(map[string]any)
	for _, name := range []string{"id", "revision"} {
		value, err := json.Marshal(fields[name])
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		text, err := lector.ParseIdentifier(value)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if _, ok := fields[name].(json.Number); ok {
			fields[name] = text
		}
	}
	if address, ok := fields["url"].(string); ok && address != "" {
		if err := lector.CheckAddress(address); err != nil {
			return fmt.Errorf("url: %w", err)
		}
	}
	return nil
}

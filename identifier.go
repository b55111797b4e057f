package lector

import (
	"encoding/json"
	"fmt"
	"regexp"
)

// integerPattern is a JSON number that databases use for ids. Others have more than
// one way to be written.
var integerPattern = regexp.MustCompile(`^(0|-?[1-9][0-9]*)$`)

// maxDigits bounds a number that is an id, as the schema bounds a text.
const maxDigits = 512

// ParseIdentifier reads an id or a revision in JSON: a text, or a whole number,
// whose digits are taken as they stand, however many. So 4711 and "4711" are
// the same article. null is "".
func ParseIdentifier(data json.RawMessage) (string, error) {
	var text string
	if json.Unmarshal(data, &text) == nil { // null too
		return text, nil
	}
	if integerPattern.Match(data) && len(data) <= maxDigits {
		return string(data), nil
	}
	return "", fmt.Errorf(`%.40s is neither a text nor a whole number without point or exponent: write it as a text, as in "4711"`, data)
}

// UnmarshalJSON reads an article in the fields of the event schema. What is null
// counts as absent, in lists too, and ID and Revision may be numbers.
func (a *Article) UnmarshalJSON(data []byte) error {
	type fields Article // without this method
	in := struct {
		*fields
		ID       json.RawMessage `json:"id"`
		Revision json.RawMessage `json:"revision"`
		Authors  []*string       `json:"authors"`
		Tags     []*string       `json:"tags"`
	}{fields: (*fields)(a)}
	if err := json.Unmarshal(data, &in); err != nil {
		return err
	}
	a.Authors, a.Tags = nonNull(in.Authors), nonNull(in.Tags)
	if err := setIdentifier(&a.ID, "id", in.ID); err != nil {
		return err
	}
	return setIdentifier(&a.Revision, "revision", in.Revision)
}

// setIdentifier sets what the field of the given name states.
func setIdentifier(to *string, name string, data json.RawMessage) (err error) {
	if len(data) == 0 {
		return nil
	}
	if *to, err = ParseIdentifier(data); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// nonNull returns the texts that are there; nil where there are none.
func nonNull(texts []*string) (all []string) {
	for _, text := range texts {
		if text != nil {
			all = append(all, *text)
		}
	}
	return all
}

package nats

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"strings"

	"lector"
)

func decodeJob(data []byte) (lector.Job, error) {
	var j lector.Job
	if err := json.Unmarshal(data, &j); err != nil {
		return j, fmt.Errorf("job record: %w", err)
	}
	return j, nil
}

// encodeJob writes a record, with the fields that only a newer build knows: while a fleet
// is brought to it, workers of both write the same records.
func encodeJob(j lector.Job) ([]byte, error) {
	data, err := json.Marshal(j)
	if err != nil || len(j.Unknown) == 0 {
		return data, err
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(data, &fields); err != nil {
		return nil, err
	}
	maps.Copy(fields, j.Unknown)
	return json.Marshal(fields)
}

// unknownFields returns the fields of a record that this build does not know.
func unknownFields(data []byte) (map[string]json.RawMessage, error) {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(data, &fields); err != nil {
		return nil, fmt.Errorf("job record: %w", err)
	}
	job := reflect.TypeFor[lector.Job]()
	for i := range job.NumField() {
		name, _, _ := strings.Cut(job.Field(i).Tag.Get("json"), ",")
		delete(fields, name)
	}
	if len(fields) == 0 {
		return nil, nil
	}
	return fields, nil
}

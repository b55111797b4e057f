package lector

import "encoding/json"

// UnmarshalJSON reads a manifest, also one with the names that some fields had
// before: stored manifests are not rewritten, because caches keep that of a
// rendition for ever under an address that promises the same bytes.
func (m *Manifest) UnmarshalJSON(data []byte) error {
	type fields Manifest
	read := struct {
		*fields
		Characters *Usage              `json:"characters"`
		History    []PreviousRendition `json:"history"`
	}{fields: (*fields)(m)}
	if err := json.Unmarshal(data, &read); err != nil {
		return err
	}
	if read.Characters != nil {
		m.Usage = *read.Characters
	}
	if read.History != nil {
		m.PreviousRenditions = read.History
	}
	for i := range m.Segments {
		if m.Segments[i].Kind == "notice" {
			m.Segments[i].Kind = SpokenDisclosure
		}
	}
	return nil
}

// RenameManifestFields gives the fields of a stored manifest their present
// names, and leaves all others as they are. A manifest that has the field
// characters is an older one.
func RenameManifestFields(fields map[string]json.RawMessage) error {
	if _, old := fields["characters"]; !old {
		return nil
	}
	for before, now := range map[string]string{"characters": "usage", "history": "previous_renditions"} {
		if value, there := fields[before]; there {
			fields[now] = value
			delete(fields, before)
		}
	}
	var segments []map[string]json.RawMessage
	if err := json.Unmarshal(fields["segments"], &segments); err != nil || !renameKinds(segments) {
		return err
	}
	renamed, err := json.Marshal(segments)
	fields["segments"] = renamed
	return err
}

func renameKinds(segments []map[string]json.RawMessage) (changed bool) {
	for _, s := range segments {
		if string(s["kind"]) == `"notice"` {
			s["kind"], changed = json.RawMessage(`"`+SpokenDisclosure+`"`), true
		}
	}
	return changed
}

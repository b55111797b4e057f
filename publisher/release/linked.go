package release

import (
	"fmt"
	"net/http"
	"path"
	"strconv"
	"time"

	"lector"
)

// AudioObject is the rendition as schema.org tells it to search engines
// (JSON-LD). The label stands in it as a person reads it and as a term.
type AudioObject struct {
	Context        string        `json:"@context"`
	Type           string        `json:"@type"`
	Name           string        `json:"name"`
	Description    string        `json:"description"` // the disclosure
	ContentURL     string        `json:"contentUrl"`
	EmbedURL       string        `json:"embedUrl"`
	EncodingFormat string        `json:"encodingFormat"`
	Duration       string        `json:"duration"`    // ISO 8601
	ContentSize    string        `json:"contentSize"` // bytes
	SHA256         string        `json:"sha256,omitempty"`
	InLanguage     string        `json:"inLanguage"`
	UploadDate     string        `json:"uploadDate"`
	SourceType     string        `json:"digitalSourceType,omitempty"`
	Caption        *MediaObject  `json:"caption,omitempty"`
	Encodes        *CreativeWork `json:"encodesCreativeWork,omitempty"`
}

// MediaObject is a file that belongs to the audio, as schema.org has it.
type MediaObject struct {
	Type           string `json:"@type"`
	ContentURL     string `json:"contentUrl"`
	EncodingFormat string `json:"encodingFormat"`
}

// CreativeWork is the article that is read, as schema.org has it.
type CreativeWork struct {
	Type     string `json:"@type"`
	Headline string `json:"headline"`
	URL      string `json:"url"`
}

// linked returns what the manifest says, for search engines.
func (h Options) linked(r *http.Request, m lector.Manifest) AudioObject {
	o := AudioObject{
		Context: "https://schema.org", Type: "AudioObject",
		Name: m.Title, Description: disclosureText(m),
		ContentURL: h.absolute(r, m, m.Links.MP3), EmbedURL: h.embed(r, m),
		EncodingFormat: "audio/mpeg", Duration: isoDuration(m.Duration),
		ContentSize: strconv.FormatInt(m.Bytes, 10), SHA256: m.SHA256,
		InLanguage: m.Language, UploadDate: m.Created.UTC().Format(time.RFC3339),
		SourceType: schemaSource(m.Disclosure.SourceType),
	}
	if vtt := h.absolute(r, m, m.Links.VTT); vtt != "" {
		o.Caption = &MediaObject{"MediaObject", vtt, "text/vtt"}
	}
	if m.Links.Article != "" {
		o.Encodes = &CreativeWork{"NewsArticle", m.Title, m.Links.Article}
	}
	return o
}

// disclosureText is the disclosure of a manifest, which no channel may be without.
func disclosureText(m lector.Manifest) string {
	if m.Disclosure.Text == "" {
		return lector.DisclosureText
	}
	return m.Disclosure.Text
}

// schemaSource returns schema.org's term for an IPTC digital source type.
func schemaSource(iptc string) string {
	term := path.Base(iptc)
	if iptc == "" || term == "/" {
		return ""
	}
	if first := term[0]; first >= 'a' && first <= 'z' {
		term = string(first-'a'+'A') + term[1:]
	}
	return "https://schema.org/" + term + "DigitalSource"
}

// isoDuration writes seconds as ISO 8601, as PT2M5.25S.
func isoDuration(seconds float64) string {
	ms := int64(seconds*1000 + 0.5)
	rest := strconv.FormatFloat(float64(ms%60000)/1000, 'f', -1, 64)
	if ms < 60000 {
		return "PT" + rest + "S"
	}
	return fmt.Sprintf("PT%dM%sS", ms/60000, rest)
}

package player

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"lector"
)

//go:generate go run ./minify

//go:embed player.min.js
var scriptSource string

// script is player.min.js in one language, as it goes over the wire.
type script struct {
	plain, zipped []byte
	version       string
}

// scripts holds the script in every language.
var scripts = sync.OnceValue(func() map[string]script {
	all := make(map[string]script)
	for _, language := range Languages() {
		all[language] = newScript(language)
	}
	return all
})

// newScript puts the texts of the language before the script.
func newScript(language string) script {
	table := maps.Clone(words()[language])
	delete(table, "unknown") // stands in pages only
	table["lang"], table["label"] = language, lector.DisclosureText
	_, code, _ := strings.Cut(scriptSource, "\n") // behind the line that says what made it
	head := "const WORDS={" + literal(table) + "};\n"
	text := head + code
	sum := sha256.Sum256([]byte(text))
	return script{plain: []byte(text), zipped: zip(head, code), version: hex.EncodeToString(sum[:6])}
}

// literal writes a table as the inside of an object of JavaScript. Its keys are names.
func literal(table map[string]string) string {
	var b strings.Builder
	for _, key := range slices.Sorted(maps.Keys(table)) {
		value, err := json.Marshal(table[key]) // keeps < > & escaped
		if err != nil {
			panic(err) // strings are always JSON
		}
		b.WriteString("," + key + ":" + string(value))
	}
	return b.String()[1:]
}

// zip compresses the texts of a language and the script. Cyrillic letters, styles and
// JavaScript have little in common: each is coded apart, which is shorter, or nearly so.
func zip(head, code string) []byte {
	styles, script, _ := strings.Cut(code, endOfStyles)
	return zipped(head, styles, endOfStyles+script)
}

// endOfStyles is where the script begins: the drawing of its first button.
const endOfStyles = `"M12 4V1`

func zipped(texts ...string) []byte {
	var b bytes.Buffer
	z, _ := gzip.NewWriterLevel(&b, gzip.BestCompression) // the level is valid
	for i, text := range texts {
		if i > 0 {
			_ = z.Flush() // ends a block, and with it a code
		}
		_, _ = z.Write([]byte(text)) // a Buffer takes all
	}
	_ = z.Close()
	return b.Bytes()
}

// Address returns where the script for a language is, relative to the public
// address. It names the version, so it may be cached for ever.
func Address(language string) string {
	language = tongue(language)
	return "/player.js?lang=" + language + "&v=" + scripts()[language].version
}

// Script serves player.js to pages of any origin: in the language of the query
// parameter lang, and for ever where v names the version.
func Script() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s := scripts()[tongue(r.URL.Query().Get("lang"))]
		h := w.Header()
		h.Set("Content-Type", "text/javascript; charset=utf-8")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Access-Control-Allow-Origin", "*")
		h.Set("Cross-Origin-Resource-Policy", "cross-origin")
		h.Set("Vary", "Accept-Encoding")
		h.Set("Cache-Control", "public, max-age=300, stale-while-revalidate=86400")
		if r.URL.Query().Get("v") == s.version {
			h.Set("Cache-Control", "public, max-age=31536000, immutable")
		}
		s.serve(w, r)
	})
}

func (s script) serve(w http.ResponseWriter, r *http.Request) {
	if takesGzip(r) {
		w.Header().Set("Content-Encoding", "gzip")
		w.Header().Set("ETag", `"`+s.version+`-gz"`)
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(s.zipped))
		return
	}
	w.Header().Set("ETag", `"`+s.version+`"`)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(s.plain))
}

// takesGzip reports whether the script may be sent compressed. A range would
// be one of the compressed bytes, which helps nobody.
func takesGzip(r *http.Request) bool {
	if r.Header.Get("Range") != "" {
		return false
	}
	for coding := range strings.SplitSeq(r.Header.Get("Accept-Encoding"), ",") {
		name, weight, _ := strings.Cut(strings.ReplaceAll(coding, " ", ""), ";")
		if name == "gzip" {
			return strings.Trim(strings.TrimPrefix(weight, "q="), "0.") != "" || weight == ""
		}
	}
	return false
}

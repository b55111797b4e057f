package main

import (
	"bytes"
	"encoding"
	"flag"
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"lector/infra/nats"
)

//go:generate go test -run ^TestReference$ . -update

// referenceFile is the page that is generated from the code.
const referenceFile = "../../docs/reference.md"

// TestReference compares docs/reference.md with what the code says. With
// -update, as go generate calls it, it writes the page.
func TestReference(t *testing.T) {
	t.Parallel()
	r := &reference{t: t, docs: documentation(t)}
	r.write()
	if r.update {
		if err := os.WriteFile(referenceFile, r.page.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile(referenceFile)
	if err != nil || !bytes.Equal(have, r.page.Bytes()) {
		t.Errorf("docs/reference.md is not what the code says (%v): run go generate ./cmd/lector", err)
	}
}

// updating is whether the page is to be written.
var updating = flag.Bool("update", false, "write docs/reference.md")

// reference is the page while it is written.
type reference struct {
	t      *testing.T
	docs   docs
	page   bytes.Buffer
	update bool
}

func (r *reference) printf(format string, args ...any) { fmt.Fprintf(&r.page, format, args...) }

// row writes a row of a table; a bar in it would begin a column.
func (r *reference) row(cells ...string) {
	for i := range cells {
		cells[i] = strings.ReplaceAll(strings.Join(strings.Fields(cells[i]), " "), "|", `\|`)
	}
	r.printf("| %s |\n", strings.Join(cells, " | "))
}

// table begins a table.
func (r *reference) table(columns ...string) {
	r.printf("\n")
	r.row(columns...)
	r.printf("|%s\n", strings.Repeat("---|", len(columns)))
}

func (r *reference) write() {
	r.update = *updating
	r.printf("# Reference\n\nGenerated from the code by `go generate ./cmd/lector`; a test holds it to that.\n")
	r.settings()
	r.layout()
	r.events()
	r.words()
	r.metrics()
	r.commands()
}

// settings lists every key of lector.yaml.
func (r *reference) settings() {
	r.printf("\n## Settings\n\nKeys of `lector.yaml`. `NAME` stands for the name of a voice or a site, as chosen, or of a role. Lists and maps have no\n" +
		"environment name. A password may stand in a file that the variable with `_FILE` behind its name names.\n")
	r.table("key", "type", "default", "environment", "what it says")
	c := defaults()
	c.Voices, c.Sites, c.NATS.Users = map[string]voiceConfig{"NAME": {}}, map[string]siteConfig{"NAME": {
		Hooks: map[string]hookConfig{"NAME": {}}, Notify: map[string]notifyConfig{"NAME": {}}, Purge: purgeConfig{Headers: map[string]secretSource{"NAME": {}}},
	}}, map[string]natsUser{"NAME": {}}
	c.Traces.Headers = map[string]secretSource{"NAME": {}}
	c.complete()
	r.group(reflect.ValueOf(c), "", "LECTOR_")
	r.printf("\nFormer keys are refused, and the refusal names the present one:")
	for i, k := range formerKeys() {
		r.printf("%s\n`%s` is `%s`", map[bool]string{true: ","}[i > 0], strings.ReplaceAll(k.before, "*", "NAME"), strings.ReplaceAll(k.now, "*", "NAME"))
	}
	r.printf(".\n")
}

// group lists the keys of a struct; path and env are what stands before them.
func (r *reference) group(v reflect.Value, path, env string) {
	for i := range v.NumField() {
		f := v.Type().Field(i)
		key, _, _ := strings.Cut(f.Tag.Get("yaml"), ",")
		if key == "" {
			continue
		}
		name, value := path+key, v.Field(i)
		switch {
		case f.Type.Kind() == reflect.Map && f.Type.Elem().Kind() == reflect.Struct:
			r.group(value.MapIndex(reflect.ValueOf("NAME")), name+".NAME.", "")
		case f.Type.Kind() == reflect.Struct && !isScalar(f.Type):
			r.group(value, name+".", env+f.Tag.Get("envPrefix"))
		default:
			r.setting(v.Type(), f, name, env, value)
		}
	}
}

func (r *reference) setting(in reflect.Type, f reflect.StructField, name, env string, value reflect.Value) {
	doc := r.docs.field(in.PkgPath(), in.Name(), f.Name)
	if doc == "" {
		r.t.Errorf("%s.%s, the setting %s, has no comment", in.Name(), f.Name, name)
	}
	doc = strings.TrimPrefix(doc, f.Name+" is ")
	variable := f.Tag.Get("env")
	if variable != "" {
		variable = "`" + env + variable + "`"
	}
	preset := ""
	if v := value; v.Kind() != reflect.Pointer && !v.IsZero() && fmt.Sprint(v) != "NAME" {
		preset = "`" + fmt.Sprint(v) + "`"
	}
	if name = "`" + name + "`"; strings.HasSuffix(name, "-`") { // in the environment only
		name = ""
	}
	r.row(name, kindOf(f.Type), preset, variable, doc)
}

// isScalar reports whether a struct is written as one text.
func isScalar(t reflect.Type) bool {
	p := reflect.PointerTo(t)
	return p.Implements(reflect.TypeFor[encoding.TextUnmarshaler]()) || p.Implements(reflect.TypeFor[yaml.Unmarshaler]())
}

// kindOf names the kind of value that a setting takes.
func kindOf(t reflect.Type) string {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch {
	case t == reflect.TypeFor[programEnv]():
		return "a list of names, or a group of names and values"
	case t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.Struct:
		return "a list of groups"
	case t.Kind() == reflect.Slice:
		return "a list of texts"
	case t.Kind() == reflect.Map && t.Elem().Kind() == reflect.Slice:
		return "a group of lists"
	case t.Kind() == reflect.Map:
		return "a group of texts"
	case t.Kind() == reflect.String:
		return "a text"
	}
	return typeName(t.String())
}

// layout lists what is on the NATS server.
func (r *reference) layout() {
	r.printf("\n## NATS\n")
	r.table("what", "name", "subjects, keys or place", "what for")
	for _, p := range nats.Layout() {
		r.row(p.Kind, "`"+p.Name+"`", "`"+p.Form+"`", p.Purpose)
	}
	r.printf("\n`<key>` is the article's key, a hash of site and id; `<chunk>` and `<hash>` are the hash of a clip.\n")
}

// events lists the JSON of what is published and kept.
func (r *reference) events() {
	r.printf("\n## JSON\n\nTimes are RFC 3339, durations seconds, costs US dollars. Article and audio events are CloudEvents 1.0; the\n" +
		"tables show their data. Of article events the [schema](../infra/schema/article.v1.schema.json) has the last word.\n")
	schema := readSchema(r.t)
	r.printf("\n### Article\n\n%s %s\n", r.docs.types["lector.Article"], schema.Description)
	r.schemaFields(schema, r.docs.fields["lector.Article"])
	r.printf("\n### Body\n\n%s\n", r.docs.types["lector.Body"])
	r.schemaFields(schema.Properties["body"], r.docs.fields["lector.Body"])
	for _, name := range []string{
		"AudioEvent", "Job", "Attempt", "ChunkState", "DeadLetter", "Usage", "Call", "Manifest", "Disclosure", "SpokenBy", "Links",
		"Segment", "Sentence", "PreviousRendition", "Provenance",
	} {
		r.printf("\n### %s\n\n%s\n", name, r.docs.types["lector."+name])
		r.table("field", "type", "what it says")
		for _, f := range r.docs.fields["lector."+name] {
			if f.json != "" {
				r.row("`"+f.json+"`", f.kind, f.doc)
			}
		}
	}
}

// words lists the values that have a meaning.
func (r *reference) words() {
	r.printf("\n## Words\n")
	for _, g := range []struct{ title, pkg, kind string }{
		{"Article events", "lector", "EventType"}, {"Audio events", "lector", "Audio"}, {"Visibilities", "lector", "Visibility"},
		{"Job states", "lector", "State"}, {"Stages", "lector", "Stage"},
		{"Attempt outcomes, beside `unchanged` and the state that the job reached", "lector/worker", "failed"},
		{"Chunk states", "lector/worker/synth", "Reused"}, {"Call outcomes", "lector", "CallOutcome"}, {"Kinds of segments", "lector", "SegmentKind"},
	} {
		values := r.docs.values[g.pkg+"."+g.kind]
		if len(values) == 0 {
			r.t.Errorf("%s: no values of %s.%s", g.title, g.pkg, g.kind)
			continue
		}
		r.printf("\n### %s\n\n%s\n", g.title, values[0].group)
		r.table("value", "what it says")
		for _, v := range values {
			r.row("`"+v.value+"`", v.doc)
		}
	}
	r.printf("\n### Errors\n")
	r.table("kind", "what it says")
	for _, name := range []string{"Permanent", "Throttled", "Unanswered"} {
		r.row(strings.ToLower(name), r.docs.types["lector."+name])
	}
	r.row("transient", "All others: the call, and then the job, is tried again.")
}

// metrics lists what /metrics shows beside the figures of Go and the process.
func (r *reference) metrics() {
	r.printf("\n## Metrics\n\nCounters and histograms are of one process: add them up over all. Gauges are of the whole installation, and every\n" +
		"worker shows them: take the largest. Of one process are only `lector_ready` and `lector_voice_breaker_open`. A site that is\n" +
		"not configured is `unknown`. What the alerts mean stands in [operations.md](operations.md).\n")
	r.table("name", "type", "labels", "what it counts")
	for _, m := range r.docs.metrics {
		r.row("`"+m.name+"`", m.kind, strings.Join(m.labels, ", "), m.help)
	}
}

// commands shows the help of every command.
func (r *reference) commands() {
	r.printf("\n## Commands\n")
	for _, c := range commands() {
		if c.name == "help" {
			continue
		}
		var out strings.Builder
		a := &app{stdin: strings.NewReader(""), stdout: &out, stderr: &out, getenv: func(string) string { return "" }}
		if code := a.run(r.t.Context(), []string{c.name, "-h"}); code != 0 {
			r.t.Errorf("%s -h: exit %d", c.name, code)
		}
		text := strings.ReplaceAll(strings.TrimSpace(out.String()), "\t", "    ")
		r.printf("\n### %s\n\n```text\n%s\n```\n", c.name, text)
	}
}

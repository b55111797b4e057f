package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// paragraphs are those of each article, with its own word for %s: no clip of one
// article is another's. No two begin alike.
var paragraphs = []string{
	"The ferry left the old harbour in the rain this morning, bound for %s.",
	"Nobody on the upper deck had expected that the crossing would take all day.",
	"Smoke hung over the long tables when the first letters from %s were read.",
	"At noon the council met again and spoke about the bridge and its price.",
	"Her answer came late, and it was shorter than the paper had hoped for.",
	"Three of the families who live by the river have packed what they own.",
	"Some say that the water will be gone by Sunday; others keep their boats.",
	"What is left of the market stands under a roof of tin and blue cloth.",
	"He turned the page, took off his glasses and went on with the report.",
	"For the people of %s it is the third winter without a train or a road.",
	"Tomorrow the lector reads the next part, if the wind allows it at all.",
}

const headline = "News from the river and from %s"

// article returns the numbered article as the text of a page.
func article(number int) (title, body string) {
	var word strings.Builder
	for n := number + 1; n > 0; n /= 60 {
		word.WriteString(string("bdfgklmnprst"[n%12]) + string("aeiou"[n/12%5]))
	}
	name := "Ka" + word.String() + "no"
	var b strings.Builder
	for _, p := range paragraphs {
		if !strings.Contains(p, "%s") {
			p = strings.TrimSuffix(p, ".") + ", in %s."
		}
		fmt.Fprintf(&b, "<p>"+p+"</p>\n", name)
	}
	return fmt.Sprintf(headline, name), b.String()
}

// voice is a speech server in the dialect of OpenAI that knows the texts and answers
// with speech which was made before.
type voice struct {
	*httptest.Server
	clips map[string][]byte // by the first words of the text
}

// firstWords are enough to tell the texts apart.
const firstWords = 12

func newVoice(ctx context.Context, dir string) (*voice, error) {
	v := &voice{clips: map[string][]byte{}}
	texts := append([]string{"This audio is created with AI assistance.", headline}, paragraphs...)
	for n, text := range texts {
		clip, err := speak(ctx, filepath.Join(dir, fmt.Sprint(n)), strings.ReplaceAll(text, "%s", "Kabano"))
		if err != nil {
			return nil, err
		}
		v.clips[strings.ToLower(text[:firstWords])] = clip
	}
	v.Server = httptest.NewServer(http.HandlerFunc(v.answer))
	return v, nil
}

func speak(ctx context.Context, path, text string) ([]byte, error) {
	for _, args := range [][]string{
		{"flite", "-voice", "rms", "-t", text, "-o", path + ".wav"},
		{"lame", "--quiet", "--resample", "24", "-b", "48", "-t", "--nores", path + ".wav", path + ".mp3"},
	} {
		if out, err := exec.CommandContext(ctx, args[0], args[1:]...).CombinedOutput(); err != nil {
			return nil, fmt.Errorf("%s: %w %s", args[0], err, out)
		}
	}
	return os.ReadFile(path + ".mp3")
}

func (v *voice) answer(w http.ResponseWriter, r *http.Request) {
	var call struct {
		Input string `json:"input"`
	}
	err := json.NewDecoder(r.Body).Decode(&call)
	clip := v.clips[strings.ToLower(call.Input[:min(firstWords, len(call.Input))])]
	if err != nil || clip == nil {
		http.Error(w, fmt.Sprintf("no such text: %q %v", call.Input, err), http.StatusBadRequest)
		return
	}
	w.Header().Set("Content-Type", "audio/mpeg")
	_, _ = w.Write(clip)
}

// seconds is how long an article is, without its pauses.
func (v *voice) seconds() float64 {
	const bytesPerSecond = 48000 / 8
	bytes := 0
	for _, clip := range v.clips {
		bytes += len(clip)
	}
	return float64(bytes) / bytesPerSecond
}

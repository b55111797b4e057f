package extract_test

import (
	"strings"
	"testing"

	"lector/worker/extract"
)

// TestPitch: what asks something of the reader is not read, however it is
// worded; what an article says of such things is.
func TestPitch(t *testing.T) {
	t.Parallel()
	const head = `<!doctype html><html lang="en"><title>The bridge is open | The Quay</title><a href="/">The Quay</a><article><h1>The bridge is open</h1><div class="text">` + opening +
		"<p>It took nine years, two contractors and a court, and the county has paid for it out of a tax on gravel that was meant to last for four.</p>"
	tests := map[string]struct {
		block string
		read  bool
	}{
		"letter":           {`<p>The Quay at Seven is the letter that regulars rely on. Have it in your inbox <a href="/l">here</a>, or subscribe by post.</p>`, false},
		"tip":              {`<p>Do you work on the bridge? We want to hear from you: tips@quay.example</p>`, false},
		"beckoning box":    {`<div class="k"><p>Quay Night Live</p><p>Doors at seven, songs at eight.</p><a class="btn" href="/t">Book a seat</a></div>`, false},
		"links and head":   {`<p><b>More on bridges</b></p><p><a href="/1">The ferry that would not stop</a></p>`, false},
		"app in the news":  {`<p>The app asks drivers to create an account, and 4,000 of them have subscribed.</p>`, true},
		"asked in a quote": {`<p>“Sign up for our newsletter, they told us, and you will get your bridge,” she said.</p>`, true},
		"service":          {`<p>Drivers must write to the county by Friday to get a pass for the toll.</p>`, true},
		"subject":          {`<p>You can still see the old piers when the tide is out.</p>`, true},
	}
	for name, tc := range tests {
		p, err := extract.File(name, []byte(head+tc.block+closing+"</div></article>"), extract.Rules{})
		if err != nil {
			t.Fatal(err)
		}
		without, err := extract.File(name, []byte(head+closing+"</div></article>"), extract.Rules{})
		if err != nil {
			t.Fatal(err)
		}
		if read := spoken(p) != spoken(without); read != tc.read {
			t.Errorf("%s: read %q", name, spoken(p))
		}
	}
}

// TestPitchRelents: an article that asks all the time is read.
func TestPitchRelents(t *testing.T) {
	t.Parallel()
	ask := "<p>Sign up for our newsletter and tell us what you think, in the app or in the comments.</p>"
	p, err := extract.File("asking", []byte(`<!doctype html><html lang="en"><title>How we ask</title><article><h1>How we ask</h1>`+strings.Repeat("<p>So we wrote, and you did not reply, and we wrote to you once more.</p>"+ask, 8)+"</article>"), extract.Rules{})
	if err != nil || !strings.Contains(spoken(p), "did not reply") {
		t.Errorf("read %q, %v", spoken(p), err)
	}
}

// TestAgree: where the page's own articleBody agrees with what is read, a short
// line that it lacks is not read, and a correction is.
func TestAgree(t *testing.T) {
	t.Parallel()
	paras := []string{
		"The old bridge over the Wend was opened again on Friday after nine years, and the first to cross it was a goat that belongs to the toll keeper.",
		"The county spent four million on the piers, which had been eaten by a worm that nobody had seen in fresh water before the summer of 2019.",
		"Carts may use it from Monday and lorries not at all, said the engineer in charge, who asked that no one should march across it in step.",
		"The ferry will run until the end of the year, chiefly for those who have grown fond of it and of the man who rows it.",
	}
	page := `<!doctype html><title>The bridge</title><script type="application/ld+json">{"@type":"NewsArticle","headline":"The bridge","articleBody":"` + strings.Join(paras, " ") + `"}</script><article><h1>The bridge</h1><p>` +
		paras[0] + `</p><p>Friday fair: what is on along the river</p><p>` + strings.Join(paras[1:], "</p><p>") + `</p><p>Correction: the goat is four years old.</p></article>`
	p, err := extract.File("bridge", []byte(page), extract.Rules{})
	if err != nil {
		t.Fatal(err)
	}
	text := spoken(p)
	if strings.Contains(text, "Friday fair") || !strings.Contains(text, "Correction: the goat") {
		t.Errorf("read %q", text)
	}
	for _, para := range paras {
		if !strings.Contains(text, para) {
			t.Errorf("not read: %q", para)
		}
	}
}

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

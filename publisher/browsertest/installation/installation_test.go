// Package installation_test looks at a running lector through a browser.
package installation_test

import (
	"errors"
	"fmt"
	"math"
	"os/exec"
	"testing"

	"lector"
	"lector/publisher/browsertest"
	"lector/publisher/paper"
)

// TestFromEventToListener has a reader who opens the article's page before there
// is audio. The newsroom publishes; the player appears, plays and follows the
// text. The newsroom withdraws the article; the player is gone.
func TestFromEventToListener(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("lame"); err != nil {
		t.Skip("SKIPPED, nobody has listened: ", err)
	}
	b, err := browsertest.Start(t.Context())
	if errors.Is(err, browsertest.ErrNoBrowser) {
		t.Skip("SKIPPED, nobody has listened: ", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	speak := make(chan struct{})
	p := configure(t, newVoice(t, "Sugar harvest", speak).URL)
	address, lines := p.demo()
	a := paper.Articles(address)[1]
	page, err := b.Open(a.URL, browsertest.Look{})
	if err != nil {
		t.Fatal(err)
	}
	wait := func(expression string) {
		t.Helper()
		if err := page.Wait(expression); err != nil {
			t.Fatal(err)
		}
	}
	const element = `document.querySelector("audio-article")`
	wait(element + `.ui.status.checkVisibility()`)

	close(speak)
	p.await(lines, "ready after")
	m := manifest(t, address, a)
	wait(element + `.audio && ` + element + `.ui.label.checkVisibility()`)
	if err := page.Click(element + `.ui.play`); err != nil {
		t.Fatal(err)
	}
	wait(element + `.audio.currentTime > 0.2 && ` + element + `.audio.duration`)
	heard, err := browsertest.Run[float64](page, element+`.audio.duration`)
	if err != nil || math.Abs(heard-m.Duration) > 1152.0/float64(m.SampleRate) {
		t.Errorf("the browser hears %v s, the manifest says %v s: %v", heard, m.Duration, err)
	}
	wait(fmt.Sprintf(element+`.sentences.length == %d`, sentences(m)))
	lost, err := browsertest.Run[[]string](page, element+`.sentences.filter(s => !s.range).map(s => s.said)`)
	if err != nil || len(lost) > 3 { // the notice is not on the page, the byline is in other words
		t.Errorf("not found on the page: %q, %v", lost, err)
	}
	middle := m.Segments[len(m.Segments)/2].Sentences[0]
	if _, err := browsertest.Run[any](page, fmt.Sprintf(element+`.audio.pause(), `+element+`.seek(%f)`, middle.Start+0.05)); err != nil {
		t.Fatal(err)
	}
	wait(`[...(CSS.highlights.get("audio-article") || [])].length == 1`)
	marked, err := browsertest.Run[string](page, `[...CSS.highlights.get("audio-article")][0].toString()`)
	if err != nil || marked != middle.Source {
		t.Errorf("marked is %q, read is %q: %v", marked, middle.Source, err)
	}

	p.run("unpublish", "-wait", a.ID)
	if err := page.Go(address + "/embed/" + a.Site + "/" + a.ID); err != nil {
		t.Fatal(err)
	}
	wait(`!` + element + ` && document.querySelector("p").checkVisibility() && document.querySelector("p").innerText`)
}

func sentences(m lector.Manifest) int {
	n := 0
	for _, s := range m.Segments {
		n += len(s.Sentences)
	}
	return n
}

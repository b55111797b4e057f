package extract

import (
	"strings"
	"testing"

	"lector"
)

func TestIsCorrection(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"Correction: Jane Doe is an engineer, not a minister.":                              true,
		"CORRECTION: The headline was wrong.":                                               true,
		"Correction (Nov. 3, 2026): The sum was $3 million.":                                true,
		"Correction, Nov. 3, 2026: The sum was $3 million.":                                 true,
		"Correction, 3:15 p.m.: The sum was $3 million.":                                    true,
		"Correction at 4:12 p.m. ET: The sum was $3 million.":                               true,
		"Correction appended: The sum was $3 million.":                                      true,
		"Corrections and clarifications: The sum was wrong.":                                true,
		"Clarification: The club has since answered.":                                       true,
		"Update: The mayor has resigned.":                                                   true,
		"UPDATE 14:05: The mayor has resigned.":                                             true,
		"Update — 3 November: The mayor has resigned.":                                      true,
		"Updated (10:30 GMT): The mayor has resigned.":                                      true,
		"Update [3.11.2026]: The mayor has resigned.":                                       true,
		"Korrektur: In einer früheren Fassung stand ein falscher Name.":                     true,
		"Mise à jour (14h05) : le maire a démissionné.":                                     true,
		"Corrección: el alcalde no ha dimitido.":                                            true,
		"Оновлено о 14:05: міський голова подав у відставку.":                               true,
		"Виправлення: у першій версії було помилкове ім'я.":                                 true,
		"Update (Apr 10, 2016): The first phase was finished.":                              true, // this and the next were written by others
		"Update (29.11.2019, 20 Uhr): Aufgabe 1 wurde hinsichtlich Primzahlkörper ergänzt.": true,
		"Update (October, 2024): I have decided to stop this project.":                      true,
		"Update (3/30/2011): Added support for the default device.":                         true,
		"Update (or clear) the estimated delivery date of a single order.":                  false,
		"Update (U)": false,
		"Correction officers said: nobody was hurt.":                         false,
		"Corrections to the market were small: prices fell by 3 percent.":    false,
		"Update your browser: the old one is not safe.":                      false,
		"Updates come daily: the court said so.":                             false,
		"Update: ":                                                           false,
		"The correction: prices fell.":                                       false,
		"correction: what a small word":                                      false,
		"Correction! The sum was 3 million. She said: no.":                   false,
		"Updated 3 November 2026":                                            false,
		"Correction of course is slow. In 2026 it took a year: nobody knew.": false,
	} {
		if got := isCorrection(text); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}

func TestWithCorrections(t *testing.T) {
	t.Parallel()
	a := lector.Article{
		Site: "s", ID: "1", Title: "The bridge", Subtitle: "It is open.", Visibility: lector.Public,
		Body: lector.Body{ContentType: lector.HTML, Content: "<p>The bridge was opened on Friday after two years of work.</p><p>The mayor spoke.</p>" +
			"<p>Correction: The bridge was opened on Saturday.</p><p data-audio=\"speak\">Update: It stays.</p>"},
	}
	page, err := Article(a, Rules{})
	if err != nil {
		t.Fatal(err)
	}
	for where, want := range map[Corrections]string{
		"":                 "The bridge was|The mayor|Correction:|Update:",
		correctionsInPlace: "The bridge was|The mayor|Correction:|Update:",
		correctionsFirst:   "Correction:|The bridge was|The mayor|Update:",
		correctionsOff:     "The bridge was|The mayor|Update:",
	} {
		var got []string
		p := page.WithCorrections(where)
		for _, b := range p.Kept() {
			if body(b.Kind) {
				got = append(got, b.Text)
			}
		}
		begins := strings.Split(want, "|")
		if len(got) != len(begins) {
			t.Errorf("%s: %q", where, got)
			continue
		}
		for i, text := range got {
			if !strings.HasPrefix(text, begins[i]) {
				t.Errorf("%s: %q", where, got)
			}
		}
		if len(p.Blocks) != len(page.Blocks) {
			t.Errorf("%s: %d blocks of %d", where, len(p.Blocks), len(page.Blocks))
		}
		for _, b := range p.Dropped() {
			if b.Reason == "" || b.ID == "" {
				t.Errorf("%s: dropped without a reason: %+v", where, b)
			}
		}
	}
}

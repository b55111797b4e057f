package script_test

import (
	"testing"

	"lector/worker/script"
)

// TestMeantSigns holds what English says for signs that carry a meaning, and
// that it says nothing more where they carry none.
func TestMeantSigns(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ written, said string }{
		{"Our verdict: ★★★☆☆", "Our verdict: three out of five stars"},
		{"Stars: ⭐⭐½", "Stars: two and a half stars"},
		{"★ Breaking news", "Breaking news"},
		{"Rents ▲ 4% and wages ▼ 1.5%.", "Rents up four percent and wages down one point five percent."},
		{"▲ Back to the top", "Back to the top"},
		{"Lifts ✅ Ramps ❌", "Lifts yes, Ramps no"},
		{"Fe³⁺ and NO₃⁻ leach out.", "Fe three plus and N O three minus leach out."},
		{"Traces of ⁹⁰Sr and ¹³¹I remain.", "Traces of strontium ninety and iodine one thirty-one remain."},
		{"A dose of 10⁹ cells on 40 m².", "A dose of ten to the ninth cells on forty square meters."},
		{"The sale is on 5/27.", "The sale is on May twenty-seventh."},
		{"A 5/16-inch bolt and 5/16 of the vote.", "A five sixteenths-inch bolt and five sixteenths of the vote."},
		{"About 2.345.678 votes, 4,75 % more.", "About two million three hundred forty-five thousand six hundred seventy-eight votes, four point seven five percent more."},
		{"It fell in 410 A.D. to the Goths.", "It fell in four hundred ten A D to the Goths."},
		{"Iowa St. lost at home.", "Iowa State lost at home."},
		{"A flat at 40 Iowa St. burned.", "A flat at forty Iowa Street burned."},
		{"NEXT WEEK is too late, BUT IT IS planned.", "NEXT WEEK is too late, BUT IT IS planned."},
		{"The IT unit of the BBC.", "The I T unit of the B B C."},
		{"The bag weighs 23KG.", "The bag weighs twenty-three kilograms."},
	} {
		if said, _ := script.Normalise(c.written, "en", script.Full); said != c.said {
			t.Errorf("%q\nsaid  %q\nright %q", c.written, said, c.said)
		}
	}
}

// TestDashIsAPause holds that a dash is a comma unless a mark is said before it: the
// full stop of an abbreviation and the sign of a currency are none.
func TestDashIsAPause(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ language, written, said string }{
		{"en", "At 6 p.m. – he left.", "At six P M, he left."},
		{"en", "In the U.S. — and in Peru — he won.", "In the U S, and in Peru, he won."},
		{"en", "At 5° – cold.", "At five degrees, cold."},
		{"en", "He waited... – then he left.", "He waited... then he left."},
		{"en", "Go: – one.", "Go: one."},
		{"de", "Sie kostete 3,5 Mio. € – mehr als geplant.", "Sie kostete drei Komma fünf Millionen Euro, mehr als geplant."},
		{"de", "„Ja“ – sagte er.", "„Ja“, sagte er."},
		{"pt", "Custou 5 € – mais do que previsto.", "Custou cinco euros, mais do que previsto."},
	} {
		if said, _ := script.Normalise(c.written, c.language, script.Full); said != c.said {
			t.Errorf("%q\nsaid  %q\nright %q", c.written, said, c.said)
		}
	}
}

package script_test

import (
	"testing"

	"lector/worker/script"
)

// TestMeantSignsInAllPacks holds that each language says the signs that carry a
// meaning.
func TestMeantSignsInAllPacks(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ lang, written, said string }{
		{"de", "Kritik: ★★★★☆", "Kritik: vier von fünf Sternen"},
		{"de", "Der Dax ▲ 2 %, Öl ▼ 0,5 %.", "Der Dax plus zwei Prozent, Öl minus null Komma fünf Prozent."},
		{"uk", "Оцінка: ⭐⭐⭐½", "Оцінка: три з половиною зірки"},
		{"uk", "Нафта ▼ 3 %, у ґрунті знайшли ¹³⁷Cs.", "Нафта мінус три відсотки, у ґрунті знайшли цезій сто тридцять сім."},
		{"uk", "Зал ✅ Сцена ❌", "Зал так, Сцена ні"},
		{"ru", "Оценка: ★★☆☆☆", "Оценка: две звезды из пяти"},
		{"ru", "В пробе 10⁶ клеток.", "В пробе десять в шестой степени клеток."},
		{"pl", "Ocena: ★★★★★", "Ocena: pięć gwiazdek"},
		{"pl", "Ropa ▲ 2 %, złoto ▼ 1 %.", "Ropa plus dwa procent, złoto minus jeden procent."},
		{"fr", "Note : ★★★☆☆", "Note : trois étoiles sur cinq"},
		{"fr", "Le pétrole ▲ 2 % à Paris.", "Le pétrole en hausse de deux pour cent à Paris."},
		{"es", "Nota: ⭐⭐⭐⭐½", "Nota: cuatro estrellas y media"},
		{"es", "Hallaron ¹⁴C en la muestra.", "Hallaron carbono catorce en la muestra."},
		{"it", "Voto: ★★★★☆", "Voto: quattro stelle su cinque"},
		{"it", "Circa 10⁶ cellule.", "Circa dieci alla sesta cellule."},
		{"pt", "Nota: ★★★★☆", "Nota: quatro de cinco estrelas"},
		{"pt", "O dólar ▼ 1% na segunda.", "O dólar queda de um por cento na segunda."},
		{"nl", "Oordeel: ★★★★☆", "Oordeel: vier van de vijf sterren"},
		{"nl", "Er zat CO₂ en ⁹⁰Sr in.", "Er zat cee-o twee en strontium negentig in."},
	} {
		if said, _ := script.Normalise(c.written, c.lang, script.Full); said != c.said {
			t.Errorf("%s: %q\nsaid  %q\nright %q", c.lang, c.written, said, c.said)
		}
	}
}

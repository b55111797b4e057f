package lang

import "testing"

func BenchmarkCardinal(b *testing.B) {
	numbers := Numbers("uk")
	for b.Loop() {
		numbers.Cardinal(1_234_567, Form{Gender: "feminine", Case: "instrumental"})
	}
}

func BenchmarkYear(b *testing.B) {
	numbers := Numbers("uk")
	for b.Loop() {
		numbers.Year(1986, Form{Case: "locative"})
	}
}

func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		if _, err := readLanguage(files, "uk"); err != nil {
			b.Fatal(err)
		}
	}
}

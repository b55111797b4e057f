package main

import "testing"

func TestFrames(t *testing.T) {
	t.Parallel()
	for frame, ok := range map[string]bool{
		"https://reader.example": true, "http://127.0.0.1:3000": true,
		"https://reader.example/": false, "reader.example": false, "*": false, "": false,
		"https://reader.example; script-src *": false, "javascript:alert(1)": false, "https://a;script-src": false, "https://a,b": false, "https://a b": false,
	} {
		if err := checkFrames("sites.havana", []string{frame}); (err == nil) != ok {
			t.Errorf("%q: %v", frame, err)
		}
	}
}

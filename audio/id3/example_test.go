package id3_test

import (
	"fmt"
	"time"

	"lector/audio/id3"
)

// A tag is written as bytes that go before the first frame of an MP3, and read
// back from them.
func ExampleTag() {
	written := id3.Tag{
		Title:    "The harbour tunnel",
		Language: "en",
		Chapters: []id3.Chapter{{Title: "Introduction", End: 12 * time.Second}, {Title: "The vote", Start: 12 * time.Second, End: time.Minute}},
	}
	read, err := id3.Parse(written.Bytes())
	fmt.Println(read.Title, err)
	for _, c := range read.Chapters {
		fmt.Println(c.Start, c.Title)
	}
	// Output:
	// The harbour tunnel <nil>
	// 0s Introduction
	// 12s The vote
}

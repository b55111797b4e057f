// Package lang knows the words of numbers, units and currencies in the languages
// that Lector reads, and how they change by gender, case and number.
//
// A language is a folder of data. Its files cldr-*.txt are copied from CLDR by
// go generate, which NOTICE names with its licence; cldr-*-own.txt beside them
// are rows of our own in the same format, each with its reason, where CLDR has
// nothing or is wrong. A new language is a new folder, even an empty one, and go
// generate. A file is read once, when its language is first asked for.
//
// A tag may have a region: "uk-UA" is read by the data of "uk".
//
// The words are those that a voice gets. Soft hyphens are left out. The
// apostrophe of Ukrainian is U+0027, as most articles and the texts that voices
// are trained on have it: espeak-ng reads it and U+2019 as part of the word, but
// stops at U+02BC, which CLDR has, and says the names of the letters. Russian
// has ё where it is spoken. The word between a million and what is counted
// (French de, Italian di) is not part of a name.
package lang

//go:generate go run ./internal/cldr

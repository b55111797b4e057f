// Package lang knows the words of numbers, units, currencies and dates in the
// languages that Lector reads, and how they change by gender, case and number.
//
// A language is a folder of data. Its files cldr-*.txt are copied from CLDR by
// go generate, which NOTICE names with its licence; cldr-*-own.txt beside them
// are rows of our own in the same format, each with its reason, where CLDR has
// nothing or is wrong. A file is read once, when its language is first asked
// for.
//
// A tag may have a region: "uk-UA" is read by the data of "uk".
package lang

//go:generate go run ./internal/cldr

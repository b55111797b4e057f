// Package id3 writes ID3v2.4 tags and reads ID3v2.3 and 2.4.
//
// The numbers of sections are those of "ID3 tag version 2.4.0 - Main Structure"
// and of "ID3v2 Chapter Frame Addendum".
package id3

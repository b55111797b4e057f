// Package lector holds the nouns of the trade: articles and the events that
// announce them, voices and what they are asked to say, jobs and how they
// stand, and the manifest of a finished rendition.
//
// It imports the standard library only and does no I/O, so that every wing of
// the house may speak these words without knowing the other wings:
//
//	CMS ─▶ ArticleEvent ─▶ worker ─▶ Manifest + MP3 ─▶ publisher ─▶ listener
//	                         │
//	                        Job (the truth about one article)
package lector

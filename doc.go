// Package lector holds the types that all packages share: articles and the events that
// announce them, voices and the texts they are asked to speak, jobs and their
// states, and the manifest of a finished rendition.
//
// It imports the standard library only and does no I/O, so that worker,
// publisher and infra can share these types without importing each other:
//
//	CMS ─▶ ArticleEvent ─▶ worker ─▶ Manifest + MP3 ─▶ publisher ─▶ listener
//	                         │
//	                        Job (the truth about one article)
package lector

// Package pcm reads and writes WAV files, and samples as they have them.
package pcm

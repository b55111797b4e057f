// Package pcm turns coded audio into samples and back: MP3 through
// hajimehoshi/go-mp3, WAV through its own reader and writer.
//
// go-mp3 v0.3.4 never sees a byte of a file. It gets the decode form: frames
// that this package builds of the units of an mpeg.Reader, without tags, Info
// frame, CRC and garbage, unpadded, at the highest bit rate, the main data
// laid anew. That keeps its known faults out of
// reach: the lost padding byte at 22.05 kHz, the Info frame decoded as sound, the
// blind trust in a sync word, and main data taken from before the stream.
package pcm

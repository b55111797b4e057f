// Package reference decodes MP3 by hajimehoshi/go-mp3, to compare with what
// layer3 decodes. Nothing that Lector decides depends on it.
//
// go-mp3 v0.3.4 never sees a byte of a file. It gets the decode form: frames
// that this package builds of the units of an mpeg.Reader, without tags, Info
// frame, CRC and garbage, unpadded, at the highest bit rate, the main data
// laid anew. That keeps its known faults out of
// reach: the lost padding byte at 22.05 kHz, the Info frame decoded as sound, the
// blind trust in a sync word, and main data taken from before the stream. What is
// left: samples cut towards zero and not rounded, values that are off by a few in
// joint stereo, intensity stereo at the low sampling frequencies, no 8 kHz.
package reference

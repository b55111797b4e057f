// Package layer3 decodes MPEG audio Layer III: MPEG-1 (ISO/IEC 11172-3), MPEG-2
// at the low sampling frequencies (ISO/IEC 13818-3) and MPEG-2.5, which is in no
// standard. It gets the units of an mpeg.Reader and gives samples; it never sees a
// file. Clauses are cited without a prefix where they are those of 11172-3.
//
// The steps of 2.4.3.4, each in a file of its own: scale factors, Huffman codes and
// requantising (spectrum), joint stereo, reordering and aliasing (hybrid), the
// inverse transform (imdct), the filter bank (synthesis). It reckons in float32 and
// allocates nothing from unit to unit.
package layer3

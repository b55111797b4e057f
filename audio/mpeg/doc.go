// Package mpeg reads and writes the frames of MPEG audio Layer III: headers,
// side information, the bit reservoir and the Xing/Info/LAME tag. It moves
// coded audio about and never decodes it.
//
// The clauses it cites are those of ISO/IEC 11172-3 (MPEG-1) and ISO/IEC
// 13818-3 (MPEG-2, low sampling frequencies). MPEG-2.5 is in no standard; it is
// MPEG-2 at half its sample rates.
package mpeg

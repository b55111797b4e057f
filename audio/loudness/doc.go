// Package loudness measures programme loudness, true peak and loudness range as
// ITU-R BS.1770-4, EBU R 128 and EBU Tech 3342 define them, at any sample rate.
package loudness

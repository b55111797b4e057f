// Package loudness measures programme loudness and true peak as
// ITU-R BS.1770-4 and EBU R 128 define them, at any sample rate.
package loudness

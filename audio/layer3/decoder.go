package layer3

import (
	"fmt"

	"lector/audio/mpeg"
)

// Decoder decodes the units of one stream, one after the other. Its zero value is
// ready.
type Decoder struct {
	codes      *codes
	main       bitReader
	granules   [2][2]granule // by number and channel
	overlap    [2][lines]float32
	overlapped [2]int
	banks      [2]synthesis
	slots      slots
	out        [2 * 2 * lines]float32
}

// Reset forgets what was decoded before.
func (d *Decoder) Reset() { *d = Decoder{codes: d.codes} }

// Decode returns the samples of a unit, channels interleaved, FullScale being the
// level at which 16 bits end. They are valid until the next call. A unit that cannot
// be decoded is silence into which the one before fades, and the error says why.
func (d *Decoder) Decode(u mpeg.Unit) ([]float32, error) {
	if d.codes == nil {
		computeTables()
		d.codes = allCodes()
	}
	d.readSide(u)
	err := d.readMain(u)
	channels, count := u.Header.Channels(), u.Header.Granules()
	if err != nil {
		err = fmt.Errorf("frame at byte %d: %w", u.Offset, err)
		d.silence()
	}
	out := d.out[:count*lines*channels]
	for n := range count {
		if err == nil && channels == 2 && u.Header.Mode() == mpeg.JointStereo {
			d.joint(&d.granules[n][0], &d.granules[n][1], int(u.Header>>4&3), u.Header.Version() != mpeg.V1)
		}
		for c := range channels {
			d.sound(&d.granules[n][c], c, out[n*lines*channels+c:], channels)
		}
	}
	return out, err
}

// silence leaves nothing in the granules.
func (d *Decoder) silence() {
	for n := range d.granules {
		for c := range d.granules[n] {
			g := &d.granules[n][c]
			g.end, g.blockType, g.mixed = 0, longBlock, false
			g.layout = allBands()[44100].layout(longBlock, false)
			clear(g.spectrum[:])
		}
	}
}

// readMain reads the main data of all granules (2.4.1.7).
func (d *Decoder) readMain(u mpeg.Unit) error {
	d.main.begin(u.Main)
	lsf := u.Header.Version() != mpeg.V1
	start := 0
	for n := range u.Header.Granules() {
		for c := range u.Header.Channels() {
			g := &d.granules[n][c]
			end := start + g.part23
			if end > 8*len(u.Main) {
				return errBits
			}
			d.main.pos = start
			if lsf {
				intensity := c == 1 && u.Header.Mode() == mpeg.JointStereo && u.Header>>4&intensityStereo != 0
				g.readScalefacsLSF(&d.main, intensity)
			} else {
				g.scalefacs = d.granules[0][c].scalefacs
				g.readScalefacs(&d.main)
			}
			if d.main.pos > end {
				return errBits
			}
			if err := d.readSpectrum(g, end); err != nil {
				return err
			}
			start = end
		}
	}
	return nil
}

// sound turns the lines of a granule into samples.
func (d *Decoder) sound(g *granule, channel int, out []float32, step int) {
	g.reorder()
	g.reduceAliasing()
	d.overlapped[channel] = g.transform(&d.slots, &d.overlap[channel], d.overlapped[channel])
	d.banks[channel].run(&d.slots, out, step)
}

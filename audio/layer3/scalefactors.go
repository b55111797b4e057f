package layer3

// Lengths of scale factors by scalefac_compress (2.4.2.7).
var slen = [2][16]int{
	{0, 0, 0, 0, 3, 1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4},
	{0, 1, 2, 3, 0, 1, 2, 3, 1, 2, 3, 1, 2, 3, 2, 3},
}

// How many scale factors have one length, by kind of block: MPEG-1 (2.4.2.7).
var groupsV1 = [3][4]int{{6, 5, 5, 5}, {18, 18}, {17, 18}}

// The same at the low sampling frequencies, by the range of scalefac_compress: the
// first three of any channel, the others of the right one in intensity stereo
// (13818-3, 2.4.3.2).
var groupsLSF = [6][3][4]int{
	{{6, 5, 5, 5}, {9, 9, 9, 9}, {6, 9, 9, 9}},
	{{6, 5, 7, 3}, {9, 9, 12, 6}, {6, 9, 12, 6}},
	{{11, 10}, {18, 18}, {15, 18}},
	{{7, 7, 7}, {12, 12, 12}, {6, 15, 12}},
	{{6, 6, 6, 3}, {12, 9, 9, 6}, {6, 12, 9, 6}},
	{{8, 8, 5}, {15, 12, 9}, {6, 18, 9}},
}

// noIllegal is a position that no scale factor reaches.
const noIllegal = 255

// readScalefacs reads the scale factors of a granule of MPEG-1.
func (g *granule) readScalefacs(r *bitReader) {
	k := kind(g.blockType, g.mixed)
	a, b := slen[0][g.scalefac], slen[1][g.scalefac]
	lengths := [4]int{a, b}
	keep := 0
	if k == allLong {
		lengths, keep = [4]int{a, a, b, b}, g.keep
	}
	g.readGroups(r, &groupsV1[k], &lengths, keep)
	for i := range g.illegal {
		g.illegal[i] = 7
	}
}

// readScalefacsLSF reads those of a granule at a low sampling frequency; intensity
// says that it is the right channel in intensity stereo.
func (g *granule) readScalefacsLSF(r *bitReader, intensity bool) {
	row, lengths := lengthsLSF(g.scalefac)
	if intensity {
		row, lengths = lengthsIntensity(g.scalefac >> 1)
		g.intensities = g.scalefac & 1
	} else if row == 2 {
		g.preflag = 1
	}
	groups := &groupsLSF[row][kind(g.blockType, g.mixed)]
	g.readGroups(r, groups, &lengths, 0)
	i := 0
	for n, size := range groups {
		most := uint8(noIllegal)
		if lengths[n] > 0 {
			most = 1<<lengths[n] - 1
		}
		for range size {
			g.illegal[i] = most
			i++
		}
	}
}

// lengthsLSF takes scalefac_compress apart (13818-3, 2.4.3.2).
func lengthsLSF(c int) (row int, lengths [4]int) {
	switch {
	case c < 400:
		return 0, [4]int{(c >> 4) / 5, (c >> 4) % 5, c >> 2 & 3, c & 3}
	case c < 500:
		c -= 400
		return 1, [4]int{(c >> 2) / 5, (c >> 2) % 5, c & 3}
	}
	c -= 500
	return 2, [4]int{c / 3, c % 3}
}

// lengthsIntensity does so for the right channel in intensity stereo.
func lengthsIntensity(c int) (row int, lengths [4]int) {
	switch {
	case c < 180:
		return 3, [4]int{c / 36, c % 36 / 6, c % 6}
	case c < 244:
		c -= 180
		return 4, [4]int{c >> 4, c >> 2 & 3, c & 3}
	}
	c -= 244
	return 5, [4]int{c / 3, c % 3}
}

// readGroups reads groups of scale factors of one length each, save those that keep
// names by its bits, the highest of four first. Bands behind them have none.
func (g *granule) readGroups(r *bitReader, sizes, lengths *[4]int, keep int) {
	i := 0
	for n, size := range sizes {
		if keep<<n&8 != 0 {
			i += size
			continue
		}
		for range size {
			g.scalefacs[i] = uint8(r.bits(lengths[n]))
			i++
		}
	}
	clear(g.scalefacs[i:])
}

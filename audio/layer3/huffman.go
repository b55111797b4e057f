package layer3

import (
	"math"
	"strconv"
	"sync"
)

// rootBits is how many bits of a code are looked up at once, nodeBits how many at
// each further step of a longer one.
const (
	rootBits = 8
	nodeBits = 4
)

// entry is a step in the search of a code. A leaf has the two values; a node says
// where its entries are and by how many bits one is chosen.
type entry struct {
	n    uint8 // bits of the code up to here
	node uint8 // 0 in a leaf
	x, y uint8 // of a leaf; of a node, the place of its entries, low byte first
}

// pairTable decodes pairs of values.
type pairTable struct {
	entries []entry
	linbits int
	absent  bool // the standard has no such table
}

// quad is a leaf of the codes of quadruples: the values' bits, vwxy.
type quad struct{ n, values uint8 }

// quadBits is the length of the longest code of quadruples.
const quadBits = 6

// codes are all Huffman tables.
type codes struct {
	pairs [32]pairTable
	quads [2][1 << quadBits]quad
}

// linbits by table (annex B, table 3-B.7).
var linbits = [32]int{
	16: 1, 17: 2, 18: 3, 19: 4, 20: 6, 21: 8, 22: 10, 23: 13,
	24: 4, 25: 5, 26: 6, 27: 7, 28: 8, 29: 9, 30: 11, 31: 13,
}

// allCodes reads the tables once.
var allCodes = sync.OnceValue(func() *codes {
	c := new(codes)
	lists := codeLists()
	for t := range c.pairs {
		p := &c.pairs[t]
		p.linbits = linbits[t]
		list := lists[tableName(t)]
		if p.absent = list == nil; !p.absent {
			p.entries = tree(list)
		}
	}
	c.pairs[0] = pairTable{} // all values are zero and take no bits
	for i, name := range []string{"A", "B"} {
		for values, code := range lists[name] {
			for at := range fill(code, quadBits) {
				c.quads[i][at] = quad{uint8(len(code)), uint8(values)}
			}
		}
	}
	return c
})

// tableName returns the name under which the data has the codes of table t.
func tableName(t int) string {
	switch {
	case t > 24:
		return "24"
	case t > 16 && t < 24:
		return "16"
	}
	return strconv.Itoa(t)
}

// codeLists returns the codes of each table, in the order of the values.
func codeLists() map[string][]string {
	lists := map[string][]string{}
	name := ""
	for _, row := range rows(huffmanText) {
		if row[0] == "table" {
			name = row[1]
			continue
		}
		lists[name] = append(lists[name], row...)
	}
	return lists
}

// tree builds the entries of a square table of codes.
func tree(list []string) []entry {
	side := int(math.Sqrt(float64(len(list))))
	t := &treeBuilder{}
	t.grow(rootBits)
	for i, code := range list {
		t.add(code, entry{x: uint8(i / side), y: uint8(i % side)})
	}
	return t.entries
}

type treeBuilder struct{ entries []entry }

func (t *treeBuilder) grow(bits int) (at int) {
	at = len(t.entries)
	t.entries = append(t.entries, make([]entry, 1<<bits)...)
	return at
}

// add enters a code, with nodes on its way where it is longer than the root.
func (t *treeBuilder) add(code string, leaf entry) {
	base, bits := 0, rootBits
	for len(code) > bits {
		e := &t.entries[base+parseBits(code[:bits])]
		next := int(e.x) | int(e.y)<<8
		if e.node == 0 {
			next = t.grow(nodeBits)
			t.entries[base+parseBits(code[:bits])] = entry{n: uint8(bits), node: nodeBits, x: uint8(next), y: uint8(next >> 8)}
		}
		base, code, bits = next, code[bits:], nodeBits
	}
	leaf.n = uint8(len(code))
	for at := range fill(code, bits) {
		t.entries[base+at] = leaf
	}
}

// fill yields the numbers of the given length in bits that begin with a code.
func fill(code string, bits int) func(func(int) bool) {
	return func(yield func(int) bool) {
		rest := bits - len(code)
		first := parseBits(code) << rest
		for i := range 1 << rest {
			if !yield(first + i) {
				return
			}
		}
	}
}

// parseBits reads a number of zeros and ones.
func parseBits(code string) int {
	v := 0
	for i := range len(code) {
		v = v<<1 | int(code[i]-'0')
	}
	return v
}

package installation_test

import (
	"encoding/binary"
	"encoding/json"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// Samples of each second of speech, and letters that it says in one.
const (
	sampleRate       = 24000
	lettersPerSecond = 14
)

// newVoice returns a server of the speech API of OpenAI that says every text as
// a tone. A text that holds the given one waits until release is closed.
func newVoice(t *testing.T, held string, release <-chan struct{}) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var call struct{ Input string }
		if err := json.NewDecoder(r.Body).Decode(&call); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		if strings.Contains(call.Input, held) {
			select {
			case <-release:
			case <-r.Context().Done():
				return
			}
		}
		w.Header().Set("Content-Type", "audio/wav")
		w.Write(tone(sampleRate * max(len([]rune(call.Input)), lettersPerSecond) / lettersPerSecond))
	}))
	t.Cleanup(s.Close)
	return s
}

// tone returns a WAV file of n samples, 16 bit mono: a square wave whose
// pitch and level change with each syllable of three letters, since a sound that
// does not change, or comes again and again, is refused.
func tone(n int) []byte {
	const headerSize = 44
	b := append(make([]byte, 0, headerSize+2*n), "RIFF"...)
	b = binary.LittleEndian.AppendUint32(b, uint32(headerSize-8+2*n))
	b = append(b, "WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00"...)
	b = binary.LittleEndian.AppendUint32(b, sampleRate)
	b = binary.LittleEndian.AppendUint32(b, 2*sampleRate)
	b = append(b, "\x02\x00\x10\x00data"...)
	b = binary.LittleEndian.AppendUint32(b, uint32(2*n))
	random := rand.New(rand.NewPCG(uint64(n), 1))
	level, halfWave := 0, 1
	for i := range n {
		if i%(sampleRate*3/lettersPerSecond) == 0 {
			level, halfWave = 2000+random.IntN(8000), 40+random.IntN(80)
		}
		sign := 1 - 2*(i/halfWave%2)
		b = binary.LittleEndian.AppendUint16(b, uint16(int16(sign*level)))
	}
	return b
}

package worker

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/jpeg"
	"image/png"
	"strings"
	"testing"

	"lector"
)

type pictures map[string][]byte

func (c pictures) Picture(_ context.Context, address string) ([]byte, error) {
	if data, ok := c[address]; ok {
		return data, nil
	}
	return nil, errors.New("not there")
}

func TestCover(t *testing.T) {
	t.Parallel()
	var jpg, small bytes.Buffer
	picture := image.NewGray(image.Rect(0, 0, 8, 8))
	if err := errors.Join(jpeg.Encode(&jpg, picture, nil), png.Encode(&small, picture)); err != nil {
		t.Fatal(err)
	}
	web := pictures{"https://x/a.jpg": jpg.Bytes(), "https://x/a.svg": []byte("<svg/>"), "https://x/empty": nil, "https://x/huge.png": hugePNG(), "https://x/fat.jpg": append(jpg.Bytes(), make([]byte, maxCover)...)}
	tests := []struct{ address, mime, fault string }{
		{"", "", ""},
		{"https://x/a.jpg", "image/jpeg", ""},
		{"data:image/jpeg;base64," + base64.StdEncoding.EncodeToString(small.Bytes()), "image/png", ""}, // the bytes count
		{"https://x/gone.jpg", "", "not there"},
		{"https://x/a.svg", "", "neither JPEG nor PNG"},
		{"https://x/empty", "", "neither JPEG nor PNG"},
		{"https://x/huge.png", "", "50000 × 50000 pixels"},
		{"https://x/fat.jpg", "", "at most"},
		{"data:image/png,abc", "", "without base64"},
		{"data:image/png;base64,%%%", "", "illegal base64"},
	}
	for _, tt := range tests {
		p := Plan{narrator: &Narrator{Pictures: web}, article: lector.Article{Image: tt.address}}
		got, err := p.cover(t.Context())
		switch {
		case tt.fault != "" && (err == nil || !strings.Contains(err.Error(), tt.fault)):
			t.Errorf("%.40s: %v, want %q", tt.address, err, tt.fault)
		case tt.fault == "" && err != nil:
			t.Errorf("%.40s: %v", tt.address, err)
		case tt.mime != "" && (got == nil || got.MIME != tt.mime), tt.mime == "" && got != nil:
			t.Errorf("%.40s: %+v", tt.address, got)
		}
	}
}

// hugePNG is a header that promises far more pixels than bytes.
func hugePNG() []byte {
	ihdr := binary.BigEndian.AppendUint32([]byte("IHDR"), 50000)
	ihdr = append(binary.BigEndian.AppendUint32(ihdr, 50000), 8, 0, 0, 0, 0)
	b := binary.BigEndian.AppendUint32([]byte("\x89PNG\r\n\x1a\n"), 13)
	return binary.BigEndian.AppendUint32(append(b, ihdr...), crc32.ChecksumIEEE(ihdr))
}

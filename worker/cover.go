package worker

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"
	"strings"

	"lector/audio/id3"
)

// PictureFetcher gets pictures from the web.
type PictureFetcher interface {
	Picture(ctx context.Context, address string) ([]byte, error)
}

// The bounds of a cover: it goes into each copy of the audio.
const (
	maxCover  = 2 << 20  // bytes
	maxPixels = 20 << 20 // of a picture that a player would have to decode
)

// cover returns the article's picture, or nil without one. A picture that
// fails does not fail the article: the caller only reports the error.
func (p *Plan) cover(ctx context.Context) (*id3.Picture, error) {
	address := p.article.Image
	if address == "" || p.narrator.Pictures == nil {
		return nil, nil
	}
	data, err := p.narrator.loadPicture(ctx, address)
	if err != nil {
		return nil, fmt.Errorf("cover: %w", err)
	}
	mime, err := checkCover(data)
	if err != nil {
		return nil, fmt.Errorf("cover: %w", err)
	}
	return &id3.Picture{MIME: mime, Data: data}, nil
}

// loadPicture reads a data URI (RFC 2397) or fetches.
func (n *Narrator) loadPicture(ctx context.Context, address string) ([]byte, error) {
	inline, ok := strings.CutPrefix(address, "data:")
	if !ok {
		return n.Pictures.Picture(ctx, address)
	}
	head, body, ok := strings.Cut(inline, ",")
	if !ok || !strings.HasSuffix(head, ";base64") {
		return nil, errors.New("data URI without base64")
	}
	return base64.StdEncoding.DecodeString(body)
}

// checkCover recognises the format by the bytes, not by a stated type, and does not
// decode the picture.
func checkCover(data []byte) (mime string, err error) {
	if len(data) > maxCover {
		return "", fmt.Errorf("%d bytes, at most %d", len(data), maxCover)
	}
	var size image.Config
	switch {
	case bytes.HasPrefix(data, []byte("\xff\xd8\xff")):
		mime = "image/jpeg"
		size, err = jpeg.DecodeConfig(bytes.NewReader(data))
	case bytes.HasPrefix(data, []byte("\x89PNG\r\n\x1a\n")):
		mime = "image/png"
		size, err = png.DecodeConfig(bytes.NewReader(data))
	default:
		return "", errors.New("neither JPEG nor PNG")
	}
	if err != nil {
		return "", err
	}
	if size.Width <= 0 || size.Height <= 0 || size.Width > maxPixels/size.Height {
		return "", fmt.Errorf("%d × %d pixels", size.Width, size.Height)
	}
	return mime, nil
}

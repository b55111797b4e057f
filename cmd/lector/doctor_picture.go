package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	_ "image/jpeg" // the formats that directories take
	_ "image/png"
	"maps"
	"net/http"
	"slices"

	"lector/infra/fetch"
)

// What podcast directories demand of a channel's picture: Apple and Spotify take
// square JPEG and PNG files of this many pixels a side.
const (
	minPictureSize = 1400
	maxPictureSize = 3000
)

// checkPictures looks at the picture of each site's feed.
func checkPictures(ctx context.Context, c *config) []finding {
	var found []finding
	for _, name := range slices.Sorted(maps.Keys(c.Sites)) {
		found = append(found, checkPicture(ctx, name, c.Sites[name].Podcast.Image))
	}
	return found
}

// checkPicture says what a directory would say of the feed's picture.
func checkPicture(ctx context.Context, site, address string) finding {
	f := finding{what: "feed picture of " + site}
	set := fmt.Sprintf("set sites.%s.podcast.image to the address of a square JPEG or PNG of %d to %d pixels a side",
		site, minPictureSize, maxPictureSize)
	if address == "" {
		f.detail, f.note = "none: podcast directories refuse a channel without one; the feed works in players", set
		return f
	}
	size, err := pictureSize(ctx, address)
	if err == nil {
		err = checkPictureSize(size)
	}
	if err != nil {
		f.detail, f.note = fmt.Sprintf("%s: %v", address, err), set
		return f
	}
	f.detail = fmt.Sprintf("%s, %d pixels a side", address, size.X)
	return f
}

// checkPictureSize says why directories refuse a picture of this size.
func checkPictureSize(size image.Point) error {
	switch {
	case size.X != size.Y:
		return fmt.Errorf("%d × %d pixels are no square", size.X, size.Y)
	case size.X < minPictureSize:
		return fmt.Errorf("%d pixels a side are too few", size.X)
	case size.X > maxPictureSize:
		return fmt.Errorf("%d pixels a side are too many", size.X)
	}
	return nil
}

// pictureSize fetches a picture and returns its width and height in pixels.
func pictureSize(ctx context.Context, address string) (image.Point, error) {
	// The address is the operator's own, and may be of their network.
	data, err := fetch.Client{AllowPrivate: true}.Picture(ctx, address)
	if err != nil {
		return image.Point{}, err
	}
	c, format, err := image.DecodeConfig(bytes.NewReader(data))
	other := err == nil && format != "jpeg" && format != "png" // which a library may have registered
	if other || errors.Is(err, image.ErrFormat) {
		return image.Point{}, fmt.Errorf("neither JPEG nor PNG, but %s", http.DetectContentType(data))
	}
	return image.Pt(c.Width, c.Height), err
}

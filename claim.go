package lector

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
)

// MaxClaim is how many bytes an article may have that goes by reference.
const MaxClaim = 16 << 20

// claimKey is how the key of an article in the store looks.
var claimKey = regexp.MustCompile(`^claims/[0-9a-f]{64}\.json$`)

// ValidClaim reports whether a reference can be that to an article in the store:
// nothing else may be read through an event.
func ValidClaim(ref string) bool { return claimKey.MatchString(ref) }

// claimOf returns the key of the article whose JSON is data.
func claimOf(data []byte) string {
	sum := sha256.Sum256(data)
	return "claims/" + hex.EncodeToString(sum[:]) + ".json"
}

// ByReference returns the article as it goes into an event that would be too large
// otherwise, and the content of the object that must be stored before, whose key
// is the reference in its body. The object holds the whole article and is not
// public.
func (a Article) ByReference() (short Article, content []byte, err error) {
	if a.Revision == "" {
		a.Revision = a.Fingerprint()
	}
	content, err = json.Marshal(a)
	if err != nil {
		return a, nil, err
	}
	if len(content) > MaxClaim {
		return a, nil, Permanent(fmt.Errorf("the article has %d KB, at most %d", len(content)>>10, MaxClaim>>10))
	}
	a.Body = Body{ContentType: a.Body.ContentType, Ref: claimOf(content)}
	if strings.HasPrefix(a.Image, "data:") {
		a.Image = ""
	}
	return a, content, nil
}

// Dereference returns the article with what the object behind its reference
// holds: the body, and the picture where the event has none. Its errors are
// permanent: no other object belongs to the reference.
func (a Article) Dereference(content []byte) (Article, error) {
	if claimOf(content) != a.Body.Ref {
		return a, Permanent(fmt.Errorf("what is stored as %s is not what was referred to", a.Body.Ref))
	}
	var whole Article
	if err := json.Unmarshal(content, &whole); err != nil {
		return a, Permanent(fmt.Errorf("%s: %w", a.Body.Ref, err))
	}
	switch {
	case whole.Site != a.Site || whole.ID != a.ID:
		return a, Permanent(fmt.Errorf("%s is another article", a.Body.Ref))
	case whole.Body.Ref != "" || whole.Body.ContentType != a.Body.ContentType:
		return a, Permanent(fmt.Errorf("%s has no %s", a.Body.Ref, a.Body.ContentType))
	}
	a.Body = whole.Body
	if a.Image == "" {
		a.Image = whole.Image
	}
	return a, nil
}

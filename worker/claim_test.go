package worker

import (
	"bytes"
	"context"
	"errors"
	"io"
	"reflect"
	"strings"
	"testing"

	"lector"
)

// claimStore is a store with one object, or one that fails.
type claimStore struct {
	Store
	key     string
	content []byte
	size    int64 // that it states; 0 is the true one
	err     error
}

func (s claimStore) Open(_ context.Context, key string) (io.ReadSeekCloser, lector.Object, error) {
	if s.err != nil {
		return nil, lector.Object{}, s.err
	}
	if key != s.key {
		return nil, lector.Object{}, lector.ErrNotFound
	}
	size := s.size
	if size == 0 {
		size = int64(len(s.content))
	}
	return struct {
		io.ReadSeeker
		io.Closer
	}{bytes.NewReader(s.content), io.NopCloser(nil)}, lector.Object{Key: key, Size: size}, nil
}

func TestWhole(t *testing.T) {
	t.Parallel()
	a := lector.Article{Site: "havana", ID: "1", Revision: "r", Body: lector.Body{ContentType: lector.Plain, Content: "A long read."}}
	short, content, err := a.ByReference()
	if err != nil {
		t.Fatal(err)
	}
	elsewhere, other := short, short
	elsewhere.Body.Ref = "a/havana/k/manifest.json"
	other.Body.Ref = lector.ClaimPrefix(other.Key()) + strings.Repeat("0", 64) + ".json"
	stored := claimStore{key: short.Body.Ref, content: content}
	for name, test := range map[string]struct {
		article   lector.Article
		store     claimStore
		want      string // of the error; empty: it is the article
		permanent bool
	}{
		"in the event":           {a, claimStore{err: errors.New("not asked")}, "", false},
		"by reference":           {short, stored, "", false},
		"a reference elsewhere":  {elsewhere, claimStore{err: errors.New("not asked")}, "no reference to an article", true},
		"one that is not there":  {other, stored, "is not in the store", true},
		"the store is away":      {short, claimStore{err: errors.New("connection refused")}, "connection refused", false},
		"another content":        {short, claimStore{key: short.Body.Ref, content: []byte("{}")}, "not what was referred to", true},
		"more than can be read":  {short, claimStore{key: short.Body.Ref, content: content, size: lector.MaxClaim + 1}, "at most", true},
		"more than it said":      {short, claimStore{key: short.Body.Ref, content: append(content, ' ')}, "not what was referred to", true},
		"a reference to nothing": {lector.Article{Body: lector.Body{Ref: "/etc/passwd"}}, stored, "no reference", true},
	} {
		got, err := (&Worker{Store: test.store}).whole(t.Context(), test.article)
		switch {
		case test.want == "" && (err != nil || !reflect.DeepEqual(got, a)):
			t.Errorf("%s: %+v, %v", name, got, err)
		case test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want) || lector.IsPermanent(err) != test.permanent):
			t.Errorf("%s: %v", name, err)
		}
	}
}

package ghost

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"lector"
)

// collisions is how often a post is read again that somebody else has saved meanwhile.
const collisions = 3

// maxInjection is how many bytes of code injection Ghost's database takes.
const maxInjection = 65535

// injection is a post with its own code injection, which stands at the end of its page.
type injection struct {
	ID        string  `json:"id"`
	Status    string  `json:"status"`
	UpdatedAt string  `json:"updated_at"` // as Ghost has said it: it takes no change of a later state
	Foot      *string `json:"codeinjection_foot"`

	kind string
}

// SetAudio has the page of a published post show its audio, by a block in the post's code
// injection. Without a manifest among the links it takes the block away. Ghost refuses
// an editor's save when the post has changed since it was opened, so that nothing is
// written that is there already.
func (p Posts) SetAudio(ctx context.Context, id string, l lector.Links) (written bool, err error) {
	for range collisions {
		written, err = p.trySetAudio(ctx, id, l)
		var refused *Refusal
		if !errors.As(err, &refused) || refused.Status != http.StatusConflict {
			break
		}
	}
	return written, err
}

func (p Posts) trySetAudio(ctx context.Context, id string, l lector.Links) (written bool, err error) {
	post, err := p.injection(ctx, id)
	if err != nil || !(Post{Status: post.Status}).IsPublic() {
		return false, err
	}
	foot, ours := "", ""
	if post.Foot != nil {
		foot = *post.Foot
	}
	if l.Manifest != "" {
		ours = block(post.ID, l)
	}
	changed := replaceBlock(foot, ours)
	switch {
	case changed == foot:
		return false, nil
	case len(changed) > maxInjection && len(changed) > len(foot):
		return false, lector.Permanent(fmt.Errorf("post %q of Ghost: its code injection has no room: %d bytes of %d", id, len(changed), maxInjection))
	}
	return p.putInjection(ctx, post, changed)
}

// injection reads the code injection of a post or page.
func (p Posts) injection(ctx context.Context, id string) (injection, error) {
	for _, kind := range Kinds {
		var out struct{ Posts, Pages []injection }
		_, err := p.Admin.do(ctx, http.MethodGet, kind+"/"+url.PathEscape(id)+"/", url.Values{"fields": {"id,status,updated_at,codeinjection_foot"}}, nil, &out)
		if err = sourceError(err); err != nil && !errors.Is(err, lector.ErrNotFound) {
			return injection{}, err
		}
		for _, post := range append(out.Posts, out.Pages...) {
			post.kind = kind
			return post, nil
		}
	}
	return injection{}, fmt.Errorf("post %q of Ghost: %w", id, lector.ErrNotFound)
}

// putInjection saves a post with another code injection, and nothing else of it.
func (p Posts) putInjection(ctx context.Context, post injection, foot string) (written bool, err error) {
	post.Foot = &foot
	if foot == "" {
		post.Foot = nil
	}
	change := map[string]any{"updated_at": post.UpdatedAt, "codeinjection_foot": post.Foot}
	_, err = p.Admin.do(ctx, http.MethodPut, post.kind+"/"+url.PathEscape(post.ID)+"/", nil, map[string]any{post.kind: []any{change}}, nil)
	var refused *Refusal
	if errors.As(err, &refused) && refused.Status == http.StatusUnprocessableEntity {
		return false, lector.Permanent(err)
	}
	return err == nil, sourceError(err)
}

// noPost is the id of a post that there is not.
const noPost = "000000000000000000000000"

// CheckWrite says why SetAudio could not write. It tries to save a post that there is not:
// a key that may save posts is told so.
func (p Posts) CheckWrite(ctx context.Context) error {
	_, err := p.putInjection(ctx, injection{ID: noPost, UpdatedAt: "2026-01-01T00:00:00.000Z", kind: Kinds[0]}, "")
	switch {
	case err == nil:
		return errors.New("what answers there is no Ghost: it has saved a post that there is not")
	case !errors.Is(err, lector.ErrNotFound):
		return err
	}
	return p.checkRole(ctx)
}

// checkRole refuses the token of a person who may save posts of their own only. The key of
// an integration is nobody's, and may save all.
func (p Posts) checkRole(ctx context.Context) error {
	var out struct{ Users []struct{ Roles []named } }
	_, err := p.Admin.do(ctx, http.MethodGet, "users/me/", url.Values{"include": {"roles"}}, nil, &out)
	if err != nil || len(out.Users) == 0 {
		return nil //nolint:nilerr // it is nobody's
	}
	roles := names(out.Users[0].Roles)
	if slices.Contains(roles, "Author") || slices.Contains(roles, "Contributor") {
		return lector.Hint(fmt.Errorf("the key is of a person who may save posts of their own only: %s", strings.Join(roles, ", ")),
			"take the Admin API key of an integration: Settings, Integrations, Add custom integration")
	}
	return nil
}

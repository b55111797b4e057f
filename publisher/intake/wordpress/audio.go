package wordpress

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"

	"lector"
)

// SetAudio has Lector's plugin keep the addresses of a public post's audio with the post,
// and forget them where there is no manifest among the links. It is no edit of the post:
// its date of change stays, and the plugin tells of nothing.
func (s *Source) SetAudio(ctx context.Context, id string, l lector.Links) (written bool, err error) {
	if _, err := strconv.ParseUint(id, 10, 63); err != nil {
		return false, fmt.Errorf("post %q: %w", id, lector.ErrNotFound)
	}
	a, err := s.do(ctx, http.MethodPost, "/lector/v1/audio/"+id, url.Values{"manifest": {l.Manifest}, "embed": {l.Embed}, "mp3": {l.MP3}}, true)
	if err != nil {
		return false, writeError(err)
	}
	var said struct{ Written *bool }
	if err := json.Unmarshal(a.body, &said); err != nil || said.Written == nil {
		return false, fmt.Errorf("WordPress, audio of post %s: the answer is not the plugin's", id)
	}
	return *said.Written, nil
}

// writeError says what is to be done about a refused write.
func writeError(err error) error {
	var refused *Refusal
	switch {
	case !errors.As(err, &refused):
	case refused.Code == "rest_no_route":
		return lector.Hint(err, "the plugin there is missing or older: lector connect wordpress -plugin lector.php writes the present one")
	case refused.Status == http.StatusUnauthorized, refused.Status == http.StatusForbidden:
		return lector.Hint(err, "is the application password right, and may its user edit all posts? lector doctor tells")
	}
	return err
}

// noPost is the id of a post that there is not.
const noPost = "9223372036854775807"

// CheckWrite says why SetAudio could not write: a wrong password, a user who may not edit
// the posts of others, a plugin without a route for it.
func (s *Source) CheckWrite(ctx context.Context) error {
	may, err := s.capabilities(ctx)
	if err != nil {
		return err
	}
	for _, capability := range []string{"edit_others_posts", "edit_published_posts"} {
		if may.Capabilities[capability] != true {
			return lector.Hint(fmt.Errorf("the user %s of WordPress may not edit all posts: the capability %s is missing", s.User, capability),
				"give an application password of an editor or an administrator")
		}
	}
	_, err = s.SetAudio(ctx, noPost, lector.Links{})
	switch {
	case err == nil:
		return errors.New("what answers there is not Lector's plugin: it has written to a post that there is not")
	case errors.Is(err, lector.ErrNotFound):
		return nil
	}
	return err
}

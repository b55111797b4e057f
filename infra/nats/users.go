package nats

import (
	"fmt"

	"github.com/nats-io/nats-server/v2/server"

	"lector"
)

// User is a login to the embedded server for a program that is not Lector's own.
type User struct {
	Role     string // its name too: cms
	Password string
}

// roleCMS announces articles, by our client or by any other, and can neither read
// nor change anything.
const roleCMS = "cms"

// CheckRole refuses a role that a user of the embedded server cannot have.
func CheckRole(role string) error {
	if role == roleCMS {
		return nil
	}
	return lector.Hint(fmt.Errorf("unknown role %q", role),
		"the embedded server has logins for a cms; for others run a NATS server of its own with infra/deploy/nats.conf")
}

// permissions of the role cms, as in infra/deploy/nats.conf. Other clients than ours
// have their answers sent to _INBOX., and some look for the stream before they
// publish.
func cmsPermissions() *server.Permissions {
	return &server.Permissions{
		Publish:   &server.SubjectPermission{Allow: []string{"article.v1.>", "$JS.API.STREAM.INFO." + articles}},
		Subscribe: &server.SubjectPermission{Allow: []string{"_INBOX_cms.>", "_INBOX.>"}},
	}
}

// serverUsers returns our own login, which may do everything, and the others.
func serverUsers(own, password string, others []User) []*server.User {
	all := []*server.User{{Username: own, Password: password}}
	for _, u := range others {
		all = append(all, &server.User{Username: u.Role, Password: u.Password, Permissions: cmsPermissions()})
	}
	return all
}

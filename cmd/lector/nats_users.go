package main

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"lector"
	"lector/infra/nats"
)

// checkUsers refuses logins that nobody could use.
func (c natsConfig) checkUsers() error {
	for _, role := range slices.Sorted(maps.Keys(c.Users)) {
		if err := nats.CheckRole(role); err != nil {
			return fmt.Errorf("nats.users: %w", err)
		}
		if c.URL != "" {
			return lector.Hint(errors.New("nats.users: are logins to the embedded server, and nats.url names another"),
				"set them up in the configuration of that server")
		}
		if !variableName().MatchString(c.Users[role].PasswordEnv) {
			return lector.Hint(fmt.Errorf("nats.users.%s.password_env: %q is no name of a variable", role, c.Users[role].PasswordEnv),
				"name the environment variable that holds the password, as CMS_PASSWORD")
		}
	}
	return nil
}

// natsUsers reads the passwords of the logins.
func (a *app) natsUsers(configured map[string]natsUser) (users []nats.User, err error) {
	for _, role := range slices.Sorted(maps.Keys(configured)) {
		password, err := a.password(configured[role].PasswordEnv)
		if err != nil {
			return nil, fmt.Errorf("nats.users.%s: %w", role, err)
		}
		users = append(users, nats.User{Role: role, Password: password})
	}
	return users, nil
}

// shortestPassword is how many characters a password has at least.
const shortestPassword = 12

// password reads the password that a variable holds, or the file that it names.
func (a *app) password(variable string) (string, error) {
	password, err := a.secret(variable)
	switch {
	case err != nil:
	case password == "":
		err = fmt.Errorf("%s is not set", variable)
	case len(password) < shortestPassword:
		err = fmt.Errorf("%s has %d characters, and a password wants %d", variable, len(password), shortestPassword)
	default:
		return password, nil
	}
	return "", usageError{lector.Hint(err, "give %s %d characters or more, or name a file that holds them with %s_FILE",
		variable, shortestPassword, variable)}
}

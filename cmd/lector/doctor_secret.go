package main

import (
	"maps"
	"slices"
)

// checkSecrets looks at what lector serve reads of its environment and does not begin
// without: passwords of logins and secrets of webhooks. A lector that is running has those
// of its environment, and that of the doctor may be another: then only files are looked at,
// which are read again with each webhook. Nothing is looked at where NATS is a server of its
// own, for then a machine may have other roles.
func (a *app) checkSecrets(c *config, running bool) (found []finding) {
	if c.NATS.URL != "" {
		return nil
	}
	if len(c.NATS.Users) > 0 && !running {
		_, err := a.natsUsers(c.NATS.Users)
		found = append(found, finding{what: "passwords of nats.users", detail: "are there", err: err})
	}
	sources := hookSources()
	for _, site := range slices.Sorted(maps.Keys(c.Sites)) {
		hooks := c.Sites[site].Hooks
		for _, name := range slices.Sorted(maps.Keys(hooks)) {
			key, hook := "sites."+site+".hooks."+name, hooks[name]
			if running {
				hook.Secrets = slices.DeleteFunc(slices.Clone(hook.Secrets), func(s secretSource) bool { return s.File == "" })
			}
			if len(hook.Secrets) > 0 {
				found = append(found, finding{what: "secrets of " + key, detail: "are there", err: a.checkHookSecrets(key, sources[name], hook)})
			}
		}
	}
	return found
}

package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"lector"
	"lector/infra/nats"
)

const tokenHelp = `Makes, lists and revokes the tokens that the admin listener takes where the settings
say admin_access: {tokens: true}. A token is printed once; only its hash is kept.

  lector token create -role replay -expires 2160h "Ann Ruiz"
  lector token list
  lector token revoke 3f9a0c1d2e4b

A program shows it as "Authorization: Bearer TOKEN". A browser asks for it, as the
password of any name. The roles: view looks, edit changes how articles are read, replay
also spends (replay, dead letters, pauses), admin also sees the audit and profiles. A
revoked token counts from the next request on.`

// tokenFlags are the flags of lector token.
type tokenFlags struct {
	role    string
	expires time.Duration
	asJSON  bool
}

func (a *app) token(ctx context.Context, args []string) (err error) {
	fs := a.flags("token")
	set := a.settings(fs)
	var f tokenFlags
	fs.StringVar(&f.role, "role", "view", "what its owner may `DO`: view, edit, replay or admin")
	fs.DurationVar(&f.expires, "expires", 90*24*time.Hour, "how long it counts; 0 is for ever")
	fs.BoolVar(&f.asJSON, "json", false, "print JSON")
	words, err := a.parse(fs, args)
	if err != nil {
		return err
	}
	c, err := a.load(set)
	if err != nil {
		return err
	}
	do, err := a.tokenVerb(words, f)
	if err != nil {
		return err
	}
	h := a.resources(c)
	defer h.close(&err)
	conn, err := h.nats("setup")
	if err != nil {
		return err
	}
	return do(ctx, conn)
}

// tokenVerb reads create NAME, list or revoke ID.
func (a *app) tokenVerb(words []string, f tokenFlags) (func(context.Context, *nats.Conn) error, error) {
	verb, operand := "list", ""
	if len(words) > 0 {
		verb, operand = words[0], strings.Join(words[1:], " ")
	}
	switch {
	case verb == "list" && len(words) <= 1:
		return func(ctx context.Context, conn *nats.Conn) error { return a.listTokens(ctx, conn, f) }, nil
	case verb == "revoke" && len(words) == 2:
		return func(ctx context.Context, conn *nats.Conn) error { return a.revokeToken(ctx, conn, operand) }, nil
	case verb == "create" && len(words) == 2 && strings.TrimSpace(operand) != "":
		role, err := lector.ParseRole(f.role)
		if err != nil {
			return nil, usageError{err}
		}
		if f.expires < 0 {
			return nil, usageErrorf("-expires %s: is over already", f.expires)
		}
		return func(ctx context.Context, conn *nats.Conn) error { return a.createToken(ctx, conn, operand, role, f) }, nil
	}
	return nil, usageErrorf("token wants create NAME, list, or revoke ID")
}

func (a *app) createToken(ctx context.Context, conn *nats.Conn, name string, role lector.Role, f tokenFlags) error {
	now, expires := time.Now().UTC(), time.Time{}
	if f.expires > 0 {
		expires = now.Add(f.expires)
	}
	token, kept := lector.NewAccessToken(name, role, now, expires)
	a.note(ctx, conn, lector.AuditEntry{Action: "token-create", Target: kept.ID, Detail: oneLine(name) + ", " + string(role)})
	if err := conn.AddAccessToken(ctx, kept); err != nil {
		return err
	}
	if f.asJSON {
		return a.printJSON(map[string]string{"id": kept.ID, "token": token})
	}
	fmt.Fprintf(a.stdout, "%s\n", token)
	fmt.Fprintf(a.stderr, "it is not shown again; lector token revoke %s ends it\n", kept.ID)
	return nil
}

func (a *app) listTokens(ctx context.Context, conn *nats.Conn, f tokenFlags) error {
	all, err := conn.AccessTokens(ctx)
	if err != nil {
		return err
	}
	if f.asJSON {
		return a.printJSON(append([]lector.AccessToken{}, all...))
	}
	if len(all) == 0 {
		fmt.Fprintln(a.stdout, "no tokens")
		return nil
	}
	w := tabwriter.NewWriter(a.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "ID\tNAME\tROLE\tCREATED\tEXPIRES")
	for _, t := range all {
		expires := "never"
		if !t.Expires.IsZero() {
			expires = t.Expires.Local().Format(time.DateTime)
		}
		if t.Expired(time.Now()) {
			expires += " (over)"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", t.ID, oneLine(t.Name), t.Role, t.Created.Local().Format(time.DateTime), expires)
	}
	return w.Flush()
}

var errNoToken = lector.Hint(errors.New("there is no such token"), "lector token list has their IDs")

func (a *app) revokeToken(ctx context.Context, conn *nats.Conn, id string) error {
	all, err := conn.AccessTokens(ctx)
	if err != nil {
		return err
	}
	for _, t := range all {
		if t.ID != id {
			continue
		}
		a.note(ctx, conn, lector.AuditEntry{Action: "token-revoke", Target: t.ID, Detail: oneLine(t.Name)})
		if err := conn.RevokeAccessToken(ctx, t); err != nil {
			return err
		}
		fmt.Fprintf(a.stdout, "token %s of %s counts no more\n", t.ID, oneLine(t.Name))
		return nil
	}
	return errNoToken
}

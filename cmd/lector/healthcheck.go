package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"lector"
)

const healthcheckHelp = `Asks the lector on this machine whether it is ready, for container engines: exit
code 0 if it is.`

func (a *app) healthcheck(ctx context.Context, args []string) error {
	fs := a.flags("healthcheck")
	set := a.settings(fs)
	if err := a.parseFlags(fs, args); err != nil {
		return err
	}
	c, err := a.load(set)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, localURL(c.AdminListen)+"/readyz", nil)
	if err != nil {
		return err
	}
	response, err := (&http.Client{}).Do(request)
	if err != nil {
		return lector.Hint(err, "is lector serve, worker or publisher running here?")
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, 4096))
	if err != nil {
		return err
	}
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("not ready: %s", strings.TrimSpace(string(body)))
	}
	fmt.Fprintln(a.stdout, "ready")
	return nil
}

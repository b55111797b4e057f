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
	status, answer, err := askReady(ctx, localURL(c.AdminListen)+"/readyz")
	if err != nil {
		return lector.Hint(err, "is lector serve, worker or publisher running here?")
	}
	if status != http.StatusOK {
		return fmt.Errorf("not ready: %s", answer)
	}
	fmt.Fprintln(a.stdout, "ready")
	return nil
}

// readyTimeout bounds one question whether a lector is ready. Its own checks take up to 5
// seconds.
const readyTimeout = 6 * time.Second

// askReady asks a lector on this machine whether it is ready. No proxy is between.
func askReady(ctx context.Context, url string) (status int, answer string, err error) {
	ctx, cancel := context.WithTimeout(ctx, readyTimeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return 0, "", err
	}
	response, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Do(request)
	if err != nil {
		return 0, "", err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, 4096))
	return response.StatusCode, strings.TrimSpace(string(body)), err
}

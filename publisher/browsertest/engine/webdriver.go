package engine

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
)

// webdriver is a server that speaks WebDriver (w3.org/TR/webdriver2) at an
// address.
type webdriver struct{ address string }

// call sends a command, and reads the value of its answer into result, which may
// be nil. Without params it is a GET.
func (d webdriver) call(ctx context.Context, method, path string, params, result any) error {
	status, data, err := d.exchange(ctx, method, path, params)
	if err != nil {
		return fmt.Errorf("webdriver: %w", err)
	}
	var out struct {
		Value json.RawMessage `json:"value"`
	}
	if err := json.Unmarshal(data, &out); err != nil {
		return fmt.Errorf("webdriver: %s %s: %w", method, path, err)
	}
	if status != http.StatusOK {
		return fmt.Errorf("webdriver: %s %s: %s", method, path, out.Value)
	}
	if result == nil {
		return nil
	}
	return json.Unmarshal(out.Value, result)
}

func (d webdriver) exchange(ctx context.Context, method, path string, params any) (status int, data []byte, err error) {
	var body io.Reader
	if params != nil {
		text, err := json.Marshal(params)
		if err != nil {
			return 0, nil, err
		}
		body = bytes.NewReader(text)
	}
	r, err := http.NewRequestWithContext(ctx, method, d.address+path, body)
	if err != nil {
		return 0, nil, err
	}
	answer, err := new(http.Client).Do(r)
	if err != nil {
		return 0, nil, err
	}
	defer answer.Body.Close()
	data, err = io.ReadAll(answer.Body)
	return answer.StatusCode, data, err
}

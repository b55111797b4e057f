package openai

import (
	"cmp"
	"encoding/json"

	"lector/infra/voice/call"
)

// explain reads the dialect's error bodies: {"error":{"message","code"}} of
// OpenAI, {"detail":…} of FastAPI servers, {"message":…} of others.
func explain(status int, body []byte) call.Refusal {
	var b struct {
		Error   json.RawMessage `json:"error"`
		Detail  json.RawMessage `json:"detail"`
		Message string          `json:"message"`
	}
	if json.Unmarshal(body, &b) != nil {
		return call.Refusal{}
	}
	e := parseError(b.Error)
	d := parseError(b.Detail)
	r := call.Refusal{Reason: cmp.Or(e.Message, d.Message, b.Message)}
	switch cmp.Or(e.Code, e.Type) {
	case "insufficient_quota", "billing_hard_limit_reached":
		r.Kind = call.Quota
	case "content_policy_violation", "moderation_blocked":
		r.Kind, r.Hint = call.Permanent, "the server refuses this text; another voice may read it"
	case "string_above_max_length", "context_length_exceeded", "text_too_long":
		r.Kind, r.Hint = call.Permanent, "set a smaller max_chars for this voice"
	case "model_not_found", "voice_not_found":
		r.Kind, r.Hint = call.Denied, "check model and voice of this voice"
	}
	return r
}

type serverError struct{ Message, Code, Type string }

// parseError takes an error that is a text, an object or FastAPI's list of faults.
func parseError(raw json.RawMessage) serverError {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return serverError{Message: text}
	}
	var object struct {
		Message string `json:"message"`
		Code    any    `json:"code"` // a text, a number or null
		Type    string `json:"type"`
	}
	if json.Unmarshal(raw, &object) == nil {
		code, _ := object.Code.(string)
		return serverError{object.Message, code, object.Type}
	}
	var list []struct {
		Msg string `json:"msg"`
	}
	if json.Unmarshal(raw, &list) == nil && len(list) > 0 {
		return serverError{Message: list[0].Msg}
	}
	return serverError{}
}

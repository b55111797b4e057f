package elevenlabs

import (
	"encoding/json"
	"time"

	"lector/infra/voice/call"
)

// explain reads {"detail": …}: a text, {"status","message"} or a list of
// faults. The status word decides; the same HTTP status stands for many.
func explain(_ int, body []byte) call.Refusal {
	var b struct {
		Detail json.RawMessage `json:"detail"`
	}
	if json.Unmarshal(body, &b) != nil {
		return call.Refusal{}
	}
	var text string
	if json.Unmarshal(b.Detail, &text) == nil {
		return call.Refusal{Reason: text}
	}
	var list []struct {
		Msg string `json:"msg"`
	}
	if json.Unmarshal(b.Detail, &list) == nil && len(list) > 0 {
		return call.Refusal{Kind: call.Permanent, Reason: list[0].Msg}
	}
	var d struct{ Status, Code, Message string }
	if json.Unmarshal(b.Detail, &d) != nil {
		return call.Refusal{}
	}
	if d.Status == "" {
		d.Status = d.Code
	}
	return refusalOf(d.Status, d.Message)
}

func refusalOf(status, message string) call.Refusal {
	r := call.Refusal{Reason: message}
	if message == "" {
		r.Reason = status
	}
	switch status {
	case "too_many_concurrent_requests", "concurrent_limit_exceeded":
		// Of our own making: the limiter narrows, and the next free place serves.
		r.Kind, r.Hint = call.Throttled, "set a smaller concurrency for this voice: the plan allows fewer calls at once"
	case "system_busy", "rate_limit_exceeded":
		r.Kind, r.RetryAfter = call.Throttled, 2*time.Second
	case "quota_exceeded":
		r.Kind = call.Quota
	case "max_character_limit_exceeded", "text_too_long":
		r.Kind, r.Hint = call.Permanent, "set a smaller max_chars for this voice"
	case "invalid_api_key", "missing_permissions", "needs_authorization":
		r.Kind, r.Hint = call.Denied, "check the API key of this voice and what it may do"
	case "voice_not_found", "model_not_found", "invalid_uid":
		r.Kind, r.Hint = call.Denied, "voice must be an id of this account, model one of GET /v1/models"
	}
	return r
}

package polly

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/middleware"

	"lector"
	"lector/infra/voice/call"
)

func requestID(m middleware.Metadata) string {
	id, _ := awsmiddleware.GetRequestIDMetadata(m)
	return id
}

// byCode says what Polly's errors mean. The HTTP status does not: throttling
// is a 400.
var byCode = map[string]call.Refusal{
	"ThrottlingException":           {Kind: call.Throttled},
	"Throttling":                    {Kind: call.Throttled},
	"TooManyRequestsException":      {Kind: call.Throttled},
	"RequestLimitExceeded":          {Kind: call.Throttled},
	"ServiceQuotaExceededException": {Kind: call.Quota},
	"ServiceFailureException":       {Kind: call.Transient},
	"ServiceFailure":                {Kind: call.Transient},
	"InternalFailure":               {Kind: call.Transient},
	"ServiceUnavailable":            {Kind: call.Transient},
	"RequestTimeout":                {Kind: call.Transient},
	"TextLengthExceededException":   {Kind: call.Permanent, Hint: "set a smaller max_chars for this voice"},
	"EngineNotSupportedException": {Kind: call.Denied,
		Hint: "this voice is not spoken by that engine: change engine or voice"},
	"LanguageNotSupportedException":             {Kind: call.Denied, Hint: "this voice does not speak that language"},
	"ValidationException":                       {Kind: call.Permanent, Hint: "check voice, engine and region of this voice"},
	"InvalidSsmlException":                      {Kind: call.Permanent},
	"InvalidSampleRateException":                {Kind: call.Permanent},
	"LexiconNotFoundException":                  {Kind: call.Permanent},
	"MarksNotSupportedForFormatException":       {Kind: call.Permanent},
	"SsmlMarksNotSupportedForTextTypeException": {Kind: call.Permanent},
	"UnrecognizedClientException":               {Kind: call.Denied, Hint: "check the AWS credentials"},
	"InvalidSignatureException":                 {Kind: call.Denied, Hint: "check the AWS credentials and the clock of this machine"},
	"AccessDeniedException":                     {Kind: call.Denied, Hint: "allow polly:SynthesizeSpeech to this key or role"},
	"ExpiredTokenException":                     {Kind: call.Denied, Hint: "the AWS credentials have expired"},
}

// classify turns an error of the SDK into one of ours.
func classify(ctx, short context.Context, err error) error {
	var api smithy.APIError
	if errors.As(err, &api) {
		if f, ok := byCode[api.ErrorCode()]; ok {
			f.RetryAfter = retryAfter(err)
			return f.Wrap(fmt.Errorf("refused: %s: %s", api.ErrorCode(), api.ErrorMessage()))
		}
	}
	if r := response(err); r != nil && r.StatusCode != 0 && r.StatusCode != http.StatusOK { //nolint:bodyclose // the SDK has read and closed it
		return call.ByStatus(r).Err(r.StatusCode)
	}
	if ctx.Err() != nil {
		return lector.Unanswered(context.Cause(ctx))
	}
	if err := call.NotSentError(err); err != nil {
		return err
	}
	switch {
	case short.Err() != nil:
		return lector.Unanswered(call.TimeoutError(context.Cause(short)))
	case noCredentials(err):
		err = lector.Hint(err, "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or give this machine a role")
		return lector.WithClass(lector.Permanent(err), lector.ClassVoiceRefused)
	}
	return call.UnansweredError(err)
}

// response returns the HTTP response that an error tells of, or nil.
func response(err error) *http.Response {
	var answered *awshttp.ResponseError
	if !errors.As(err, &answered) || answered.Response == nil {
		return nil
	}
	return answered.Response.Response
}

// retryAfter reads Retry-After where an answer has one.
func retryAfter(err error) time.Duration {
	if r := response(err); r != nil { //nolint:bodyclose // the SDK has read and closed it
		return call.RetryAfter(r.Header, time.Now())
	}
	return 0
}

// noCredentials reports whether there were no credentials to sign with; the SDK has
// no type for that.
func noCredentials(err error) bool { return strings.Contains(err.Error(), "get identity") }

package s3

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"

	"lector"
)

var (
	errKey         = errors.New("not a valid key")
	errCredentials = errors.New("no credentials")
)

// checkedCredentials is a source of credentials whose failures are marked by errCredentials.
type checkedCredentials struct{ aws.CredentialsProvider }

// Retrieve implements aws.CredentialsProvider.
func (k checkedCredentials) Retrieve(ctx context.Context) (aws.Credentials, error) {
	c, err := k.CredentialsProvider.Retrieve(ctx)
	if err != nil && ctx.Err() == nil {
		err = fmt.Errorf("%w: %w", errCredentials, err)
	}
	return c, err
}

// code returns the error code that the server stated, such as NoSuchKey, or "".
func code(err error) string {
	var stated interface{ ErrorCode() string }
	if errors.As(err, &stated) {
		return stated.ErrorCode()
	}
	return ""
}

// status returns the HTTP status of a refusal, or 0 when there was no answer.
func status(err error) int {
	var answer *awshttp.ResponseError
	if errors.As(err, &answer) {
		return answer.HTTPStatusCode()
	}
	return 0
}

// isNotFound reports whether err says that there is no such object. The answer to
// HEAD has no body, so there the code is made up by the SDK from the status.
func isNotFound(err error) bool {
	switch code(err) {
	case "NoSuchKey", "NotFound", "":
		return status(err) == http.StatusNotFound
	}
	return false
}

// shorten replaces the SDK's long message by the one that matters. The wrapped
// error stays within reach of errors.As.
func shorten(err error) error {
	var stated interface {
		ErrorCode() string
		ErrorMessage() string
	}
	var unsent *url.Error
	switch {
	case errors.Is(err, errCredentials):
		return shortError{err, errCredentials.Error()}
	case errors.As(err, &unsent):
		return shortError{err, unsent.Error()}
	case errors.As(err, &stated) && status(err) != 0:
		return shortError{err, fmt.Sprintf("%s: %s (%d)", stated.ErrorCode(), stated.ErrorMessage(), status(err))}
	}
	return err
}

type shortError struct {
	error
	text string
}

// Error returns the short text.
func (b shortError) Error() string { return b.text }

// Unwrap returns the error as the SDK has it.
func (b shortError) Unwrap() error { return b.error }

// wrapError adds operation, key and error class to err; nil stays nil.
func (s *Store) wrapError(verb, key string, err error) error {
	if err == nil {
		return nil
	}
	where := fmt.Sprintf("s3 store %s: %s", s.bucket, verb)
	if key != "" {
		where += fmt.Sprintf(" %.300q", key)
	}
	switch {
	case errors.Is(err, lector.ErrExists):
		return fmt.Errorf("%s: %w", where, lector.ErrExists)
	case key != "" && isNotFound(err):
		return fmt.Errorf("%s: %w", where, lector.ErrNotFound)
	}
	return s.classify(fmt.Errorf("%s: %w", where, shorten(err)))
}

func (s *Store) classify(err error) error {
	switch status, code := status(err), code(err); {
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return err
	case errors.Is(err, errKey):
		return lector.Permanent(err)
	case code == "SlowDown" || status == http.StatusTooManyRequests || status == http.StatusServiceUnavailable:
		return lector.Throttled(err, retryAfter(err))
	case code == "XMinioStorageFull" || code == "QuotaExceeded" || status == http.StatusInsufficientStorage:
		return lector.Hint(err, "the server at %s has no space left: free some, then replay the job", s.endpoint)
	case status >= 500 || status == http.StatusRequestTimeout || status == http.StatusConflict:
		return err
	case status >= 300:
		return lector.Permanent(s.refusedHint(status, code, err))
	default:
		return s.unansweredHint(err)
	}
}

// refusedHint adds what to do about a refusal that trying again does not mend.
func (s *Store) refusedHint(status int, code string, err error) error {
	switch {
	case code == "NoSuchBucket":
		return lector.Hint(err, "lector setup creates the bucket %s; or name another one by LECTOR_STORE_BUCKET", s.bucket)
	case status == http.StatusUnauthorized,
		slices.Contains([]string{"InvalidAccessKeyId", "SignatureDoesNotMatch", "XAdminUserNotFound", "ExpiredToken"}, code):
		return lector.Hint(err, "see AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY: %s does not take these", s.endpoint)
	case code == "RequestTimeTooSkewed":
		return lector.Hint(err, "set the clock of this machine")
	case code == "AuthorizationHeaderMalformed" || status == http.StatusMovedPermanently || status == http.StatusTemporaryRedirect:
		return lector.Hint(err, "the bucket %s is in another region: set LECTOR_STORE_REGION", s.bucket)
	case status == http.StatusForbidden:
		return lector.Hint(err, "the key pair needs s3:GetObject, s3:PutObject and s3:DeleteObject on %s/*, "+
			"and s3:ListBucket on the bucket: without it an absent object looks forbidden", s.bucket)
	}
	return err
}

// unansweredHint adds what to do when no server answered.
func (s *Store) unansweredHint(err error) error {
	switch {
	case errors.Is(err, errCredentials):
		return lector.Hint(lector.Permanent(err), "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or run on a machine that has a role")
	case errors.As(err, new(*net.OpError)):
		return lector.Hint(err, "nothing answers at %s: is the server up, and LECTOR_STORE_ENDPOINT right?", s.endpoint)
	}
	return err
}

// retryAfter returns how long the server asks to wait: between one second and
// a minute, whatever it says.
func retryAfter(err error) time.Duration {
	wait := time.Second
	var answer *awshttp.ResponseError
	if errors.As(err, &answer) {
		if seconds, err := strconv.Atoi(answer.Response.Header.Get("Retry-After")); err == nil {
			wait = time.Duration(min(seconds, 60)) * time.Second
		}
	}
	return min(max(wait, time.Second), time.Minute)
}

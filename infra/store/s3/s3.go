// Package s3 keeps objects in a bucket of Amazon S3 or of a server that speaks
// its protocol.
package s3

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"sync/atomic"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/config"
	sdk "github.com/aws/aws-sdk-go-v2/service/s3"

	"lector"
)

// Config says where the bucket is.
type Config struct {
	Bucket   string
	Endpoint string // empty for Amazon; else an address such as http://127.0.0.1:7070
	Region   string // empty: what the environment says, else us-east-1

	// The key pair. Both empty: the usual places of AWS, that is the variables
	// AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, the shared files, the
	// role of the machine.
	AccessKeyID, SecretAccessKey string
}

// Store keeps objects in one bucket. It is safe for concurrent use.
type Store struct {
	client      *sdk.Client
	bucket      string
	endpoint    string
	conditional conditionalSupport
	bucketSeen  atomic.Bool // the bucket was there
}

// Open returns the store of cfg. It makes no request: Ping does.
func Open(ctx context.Context, cfg Config) (*Store, error) {
	if err := cfg.validate(); err != nil {
		return nil, lector.Permanent(fmt.Errorf("s3 store: %w", err))
	}
	loaded, err := config.LoadDefaultConfig(ctx, cfg.load()...)
	if err != nil {
		return nil, fmt.Errorf("s3 store: load the configuration of AWS: %w", err)
	}
	loaded.Region = cmp.Or(loaded.Region, "us-east-1")
	loaded.Credentials = checkedCredentials{loaded.Credentials}
	client := sdk.NewFromConfig(loaded, func(o *sdk.Options) {
		o.DisableLogOutputChecksumValidationSkipped = true
		if cfg.Endpoint == "" {
			return
		}
		o.BaseEndpoint = aws.String(cfg.Endpoint)
		// What servers with folders of their own answer to a write beside the deletion
		// of a folder's last object (versitygw v1.8.0), and to a key that is a folder.
		o.Retryer = retry.AddWithErrorCodes(o.Retryer, "ExistingObjectIsDirectory")
		o.UsePathStyle = true
		// Elder servers choke on trailing checksums; the signature covers the content all the same.
		o.RequestChecksumCalculation = aws.RequestChecksumCalculationWhenRequired
		o.ResponseChecksumValidation = aws.ResponseChecksumValidationWhenRequired
	})
	return &Store{client: client, bucket: cfg.Bucket, endpoint: cmp.Or(cfg.Endpoint, "Amazon S3")}, nil
}

func (c Config) validate() error {
	if c.Bucket == "" {
		return lector.Hint(errors.New("no bucket is named"), "set store.bucket or LECTOR_STORE_BUCKET")
	}
	if (c.AccessKeyID == "") != (c.SecretAccessKey == "") {
		return lector.Hint(errors.New("half a key pair"), "set both AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY")
	}
	if c.Endpoint == "" {
		return nil
	}
	u, err := url.Parse(c.Endpoint)
	if err != nil || u.Host == "" || !slices.Contains([]string{"http", "https"}, u.Scheme) {
		return lector.Hint(fmt.Errorf("endpoint %q is no address", c.Endpoint), "write it like http://127.0.0.1:7070")
	}
	return nil
}

func (c Config) load() []func(*config.LoadOptions) error {
	client := awshttp.NewBuildableClient().WithTransportOptions(func(t *http.Transport) {
		t.ResponseHeaderTimeout = 30 * time.Second
		t.MaxIdleConnsPerHost = 32
	})
	options := []func(*config.LoadOptions) error{config.WithHTTPClient(client)}
	if c.Region != "" {
		options = append(options, config.WithRegion(c.Region))
	}
	if c.AccessKeyID != "" {
		pair := aws.Credentials{AccessKeyID: c.AccessKeyID, SecretAccessKey: c.SecretAccessKey}
		options = append(options, config.WithCredentialsProvider(aws.CredentialsProviderFunc(
			func(context.Context) (aws.Credentials, error) { return pair, nil })))
	}
	return options
}

func (s *Store) check(verb, key string) error {
	if !lector.ValidKey(key) {
		return s.wrapError(verb, key, errKey)
	}
	return nil
}

module lector/infra/otlp/otlptest

go 1.26.0

require (
	go.opentelemetry.io/proto/otlp v1.11.1
	google.golang.org/protobuf v1.36.12
	lector v0.0.0
)

replace lector => ../../..

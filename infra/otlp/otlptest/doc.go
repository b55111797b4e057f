// Package otlptest decodes what infra/otlp sends with the types that the OpenTelemetry
// project generates. It is a module of its own, so that a build of Lector does not fetch
// them.
package otlptest

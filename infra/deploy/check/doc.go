// Package check tries the deployment files with the parsers of the programs
// that read them, on a machine without a container engine. It is a module of
// its own, so that those parsers are no dependency of Lector.
package check

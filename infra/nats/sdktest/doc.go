// Package sdktest tries the article events with the clients of others: what a
// newsroom's own program sends is an article event, and its publish is confirmed.
// It is a module of its own, so that a build of Lector does not fetch them.
package sdktest

// Package nats carries Lector's articles, jobs and announcements over NATS
// JetStream.
//
//	ARTICLES  stream  article.v1.<site>.<key>   what the CMS said, the last revisions of each article
//	AUDIO     stream  audio.v1.<site>.<key>     what became of it
//	DEAD      stream  dead.v1.<site>.<key>      messages that nobody can work on, with the reason
//	jobs      bucket  <site>.<key>              the record of one article, changed by compare-and-set
//	leases    bucket  article.<key>, clip.<hash>   which worker holds what
//
// Delivery is at least once, even with confirmed acknowledgements: a server
// that is killed delivers some messages again that it had confirmed. So every
// effect of a worker is idempotent and the jobs bucket, not the
// acknowledgement, says what is done.
//
// Streams are created by Setup, which needs the rights to; everything else only
// binds, so that a worker's account can be kept small.
package nats

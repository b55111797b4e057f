// Package nats carries Lector's articles, jobs and announcements over NATS
// JetStream.
//
//	ARTICLES    stream  article.v1.<site>.<key>        what the CMS said, the last revisions of each article
//	AUDIO       stream  audio.v1.<site>.<key>          what became of it
//	NOTIFY      stream  notify.v1.<site>.<target>.<key> what an address of a site is to be told
//	USAGE       stream  usage.v1.<site>.<chunk>        each call to a voice, its beginning and its end
//	DEADLETTER  stream  deadletter.v1.<subject>        messages that nobody can work on, with the reason
//	jobs        bucket  <site>.<key>                   the truth about one article, changed by compare-and-set
//	budgets     bucket  <site>                         what a site has spent, changed by compare-and-set
//	replays     bucket  replay.<id>, list.<id>.<page>  replays of many articles, and how far they are
//	reconcile   bucket  <site>.<what>                  how far comparisons with feeds and CMSs have come
//	leases      bucket  article.<key>, clip.<hash>     who works on what at this moment
//
// Delivery is at least once, even with confirmed acknowledgements: a server
// that is killed delivers some messages again that it had confirmed. So every
// effect of a worker is idempotent and the jobs bucket, not the
// acknowledgement, says what is done.
//
// Streams are created by Setup, which needs the rights to; everything else only
// binds, so that a worker's account can be kept small.
package nats

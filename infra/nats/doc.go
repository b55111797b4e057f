// Package nats keeps article events, job records and audio events in NATS JetStream.
//
//	ARTICLES    stream  article.v1.<site>.<key>        what the CMS said, the last revisions of each article
//	AUDIO       stream  audio.v1.<site>.<key>          what became of it
//	NOTIFY      stream  notify.v1.<site>.<target>.<key>  audio events that an address of a site has not got yet
//	USAGE       stream  usage.v1.<site>.<key>          the calls to voices of each attempt
//	DEADLETTER  stream  deadletter.v1.<subject>        messages that cannot be processed, with the reason
//	jobs        bucket  <site>.<key>                   the record of one article, changed by compare-and-set
//	budgets     bucket  <site>                         what a site has spent, changed by compare-and-set
//	pauses      bucket  lane.<lane>, site.<site>, voice.<voice>  what operators have paused
//	settings    bucket  <site>                         what the console has set for a site
//	replays     bucket  replay.<id>, list.<id>.<page>  replays of many articles, and their progress
//	reconcile   bucket  <site>.<what>                  the progress of comparisons with feeds and CMSs
//	leases      bucket  article.<key>, clip.<hash>, …  who works on what at this moment; in memory
//
// Layout has the whole list, with the access bucket and the AUDIT stream. The place
// of an event is its sequence number in its stream.
//
// Delivery is at least once, even with confirmed acknowledgements: a server
// that is killed delivers some messages again that it had confirmed. So every
// effect of a worker is idempotent and the jobs bucket, not the
// acknowledgement, says what is done.
//
// Streams are created by Setup, which needs the rights to; everything else only
// binds, so that a worker needs few permissions.
package nats

// Package worker does one job, top to bottom: it takes an article event, finds
// out what is read and how it is said, has it spoken, joins the clips, stores
// the rendition, makes it public and announces it.
//
//	take ─ extract ─ script ─ synth ─ stitch ─ store ─ commit ─ announce ─ done
//
// The job's record decides, not the acknowledgement. It names the event that is
// to be processed (the newest revision, or its withdrawal), and every
// change of it is a compare-and-set. The commit is the one moment at which a
// rendition becomes the article's; a worker that is late, was frozen or works
// for an older event fails there. What follows the commit, pointer and
// announcement, is idempotent, so that after a crash another worker can repeat it.
//
// A clip is kept as soon as it is spoken, under the hash of all that went into
// it, and is never spoken again: not after a crash, not in a replay, not for an
// edit of another paragraph.
package worker

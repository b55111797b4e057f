// Package worker does one job, top to bottom: it takes an article event, finds
// out what is read and how it is said, has it spoken, joins the clips, stores
// the rendition, makes it public and announces it.
//
//	take ─ extract ─ script ─ synth ─ stitch ─ store ─ commit ─ announce ─ done
//
// The job's record is the truth, not the acknowledgement. It names the event
// that the article wants (the newest revision, or its withdrawal), and every
// change of it is a compare-and-set. The commit is the one moment at which a
// rendition becomes the article's; a worker that is late, was frozen or works
// for an older event fails there. What comes behind the commit, pointer and
// announcement, can be done twice without harm, so a worker that dies is
// followed by one that does the rest again.
//
// A clip is kept as soon as it is spoken, under the hash of all that went into
// it, and is never spoken again: not after a crash, not in a replay, not for an
// edit of another paragraph.
package worker

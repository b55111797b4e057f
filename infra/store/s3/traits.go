package s3

import "context"

// traitCheck tests one feature of a server. The consequence is shown when the
// server differs from Amazon S3.
type traitCheck struct {
	name        string
	run         func(p *probe, ctx context.Context) (found string, err error)
	consequence string
}

// traitChecks returns the checks in the order in which they run.
func traitChecks() []traitCheck {
	return []traitCheck{
		{"create-only writes", (*probe).tryCreate,
			"Lector looks whether a file is there before it writes one. Two workers that do so at the same moment write the " +
				"same clip, which is harmless; two people who change the lexicon at the same moment may lose one change. " +
				"Change the lexicon from one place."},
		{"If-Match on put", (*probe).tryStalePut,
			"nothing is lost: Lector orders its writes by the job records, and never asks the store to. " +
				"Other programs that share the bucket cannot rely on it."},
		{"If-Match on delete", (*probe).tryStaleDelete,
			"nothing is lost: Lector orders its deletions by the job records, and never asks the store to. " +
				"Other programs that share the bucket cannot rely on it."},
		{"If-Match on get", (*probe).tryStaleGet,
			"nothing is lost: Lector compares the ETag of each answer, and a transfer that meets a newer file ends with an " +
				"error instead of going on with other bytes. Other programs that read on from the bucket may mix two files."},
		{"Cache-Control", (*probe).tryHeaders,
			"where listeners fetch from the bucket (store.public_url), browsers and CDNs do not learn how long a file holds: a " +
				"corrected or withdrawn article may play from a cache for as long as their own default. Let the CDN set it: 30 " +
				"seconds for manifest.json, a year for the rest; or leave store.public_url empty, then the publisher says it."},
		{"ranges", (*probe).tryMiddle,
			"listeners cannot jump in an article, and a transfer that breaks off cannot go on. Use another server, or a newer " +
				"version of this one."},
		{"suffix ranges", (*probe).trySuffix,
			"players that first ask for the end of a file get other bytes where they fetch from the bucket " +
				"(store.public_url). Leave store.public_url empty, then the publisher answers them, rightly."},
		{"deleting for good", (*probe).tryVersions,
			"a withdrawn article's audio stays in the old versions: nobody finds it by its address, but it is not gone. Add a " +
				"lifecycle rule that ends old versions after the days you want to keep them."},
		{"no Object Lock", (*probe).tryLock,
			"a withdrawn article's audio stays until its retention ends, whoever asks for its removal. Each write states the " +
				"checksum that such a bucket demands. Use a bucket without Object Lock if audio must be removable."},
	}
}

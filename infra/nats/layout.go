package nats

import (
	"strings"

	"lector"
)

// LayoutPart is one of the things that Setup makes on a NATS server, or a header of a
// message there.
type LayoutPart struct {
	Kind    string // stream, bucket, consumer or header
	Name    string
	Form    string // of the subjects or keys in it; of a header, where it stands
	Purpose string
}

// Layout lists what Setup makes, in that order, and the headers beside those of
// CloudEvents.
func Layout() (all []LayoutPart) {
	forms := map[string]string{
		articles: "<site>.<key>", audio: "<site>.<key>", usage: "<site>.<key>", deadLetters: "<subject of the message>",
		notifications: "<site>.<target>.<key>",
		jobs:          "<site>.<key>", budgets: "<site>", pauses: "lane.<lane>, site.<site>, voice.<voice>", settings: "<site>", replays: "replay.<id>, list.<id>.<page>",
		reconciling: "<site>.<what>", access: "<hash>", listening: "<site>.<key>", audit: "<what was done>",
		leases: "article.<key>, clip.<hash>, edit.<key>, probe.<hash>, reconcile.<site>, sweep, worker.<name>",
	}
	for _, s := range streamConfigs(1) {
		all = append(all, LayoutPart{"stream", s.Name, strings.TrimSuffix(s.Subjects[0], ">") + forms[s.Name], s.Description})
	}
	for _, b := range bucketConfigs(1) {
		all = append(all, LayoutPart{"bucket", b.Bucket, forms[b.Bucket], b.Description})
	}
	for _, k := range consumerConfigs() {
		all = append(all, LayoutPart{"consumer", k.Durable, articles, k.Description})
	}
	return append(all,
		LayoutPart{"header", ceLane, articles, "the lane that the event asks for: breaking, normal or backfill"},
		LayoutPart{"header", replayHeader, articles, "an operator asked for it again; names the replay"},
		LayoutPart{"header", forceHeader, articles, "of a replay: so many characters may be synthesised again although they are cached"},
		LayoutPart{"header", lector.TraceParent, articles + ", " + audio + ", " + notifications, "the span that sent the message (W3C Trace Context)"},
		LayoutPart{"header", lector.TraceState, articles + ", " + audio + ", " + notifications, "what systems beside Lector add to that"},
		LayoutPart{"header", arrivalHeader, articles, "of an event that came under another key than its article's: its place and time then"},
		LayoutPart{"header", targetHeader, notifications, "the name of the address in the site's settings"},
		LayoutPart{"header", filesHeader, notifications, "the addresses that the article's audio had, as JSON"},
		LayoutPart{"header", reasonHeader, deadLetters, "why nobody can work on it"},
		LayoutPart{"header", classHeader, deadLetters, "the class of the error; absent where an older build wrote it"},
		LayoutPart{"header", timeHeader, deadLetters, "when that was found, RFC 3339"},
		LayoutPart{"header", migratedHeader, usage + ", " + deadLetters, "the stream of an older build that it came from, and its place there"},
	)
}

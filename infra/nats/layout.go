package nats

import "strings"

// layoutPart is one of the things that Setup makes on a NATS server, or a header of a
// message there.
type layoutPart struct {
	Kind    string // stream, bucket, consumer or header
	Name    string
	Form    string // of the subjects or keys in it; of a header, where it stands
	Purpose string
}

// Layout lists what Setup makes, in that order, and the headers beside those of
// CloudEvents.
func Layout() (all []layoutPart) {
	forms := map[string]string{
		articles: "<site>.<key>", audio: "<site>.<key>", usage: "<site>.<key>", deadLetters: "<subject of the message>",
		notifications: "<site>.<target>.<key>",
		jobs:          "<site>.<key>", budgets: "<site>", pauses: "lane.<lane>, site.<site>, voice.<voice>", replays: "replay.<id>, list.<id>.<page>",
		reconciling: "<site>.<what>", access: "<hash>", audit: "<what was done>",
		leases: "article.<key>, clip.<hash>, edit.<key>, probe.<hash>, reconcile.<site>, sweep",
	}
	for _, s := range streamConfigs(1) {
		all = append(all, layoutPart{"stream", s.Name, strings.TrimSuffix(s.Subjects[0], ">") + forms[s.Name], s.Description})
	}
	for _, b := range bucketConfigs(1) {
		all = append(all, layoutPart{"bucket", b.Bucket, forms[b.Bucket], b.Description})
	}
	for _, k := range consumerConfigs() {
		all = append(all, layoutPart{"consumer", k.Durable, articles, k.Description})
	}
	return append(all,
		layoutPart{"header", ceLane, articles, "the lane that the event asks for: breaking, normal or backfill"},
		layoutPart{"header", replayHeader, articles, "an operator asked for it again; names the replay"},
		layoutPart{"header", forceHeader, articles, "of a replay: so many characters may be synthesised again although they are cached"},
		layoutPart{"header", targetHeader, notifications, "the name of the address in the site's settings"},
		layoutPart{"header", filesHeader, notifications, "the addresses that the article's audio had, as JSON"},
		layoutPart{"header", reasonHeader, deadLetters, "why nobody can work on it"},
		layoutPart{"header", classHeader, deadLetters, "the class of the error; absent where an older build wrote it"},
		layoutPart{"header", timeHeader, deadLetters, "when that was found, RFC 3339"},
		layoutPart{"header", migratedHeader, usage + ", " + deadLetters, "the stream of an older build that it came from, and its place there"},
	)
}

package lector

import "time"

// Notification is an audio event as it goes out to one address that a site names: a
// webhook, or a CDN that is to forget what it keeps.
type Notification struct {
	Target string     // the name of the address in the site's settings
	Event  AudioEvent // what is told
	// Files are the addresses that the article's audio had, where it is gone.
	Files []string
}

// NotificationDelivery is a notification as the broker hands it out. Err says why it
// cannot be read; Term is all that can be done with such a one.
type NotificationDelivery struct {
	Notification
	Err   error
	Count int // how often it was handed out, this time included
	// Stored is when it was asked for, or asked for again.
	Stored time.Time
	Acknowledger
}

// AudioDelivery is an audio event as the broker hands it out, in the order of the
// stream. Err says why it cannot be read.
type AudioDelivery struct {
	Event AudioEvent
	Err   error
	Acknowledger
}

// NotificationSubject is where notifications about an article to one target stand. There
// is one at most: a newer one takes its place.
func NotificationSubject(site, target, key string) string {
	return "notify.v1." + site + "." + target + "." + key
}

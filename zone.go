package lector

import "time"

// ParseZoned reads a time by a layout of package time. A zone by its name has the offset
// that RFC 5322 (4.3) or European custom gives it, wherever the program runs; time.Parse
// takes a name for UTC unless it is that of the machine's own zone.
func ParseZoned(layout, text string) (time.Time, error) {
	t, err := time.ParseInLocation(layout, text, time.UTC)
	if err != nil {
		return t, err
	}
	name, offset := t.Zone()
	if hours := zoneHours(name); offset == 0 && hours != 0 {
		t = t.Add(-time.Duration(hours) * time.Hour).In(time.FixedZone(name, hours*3600))
	}
	return t, nil
}

// zoneHours returns how far east of UTC a zone is; 0 where its name is not known.
func zoneHours(name string) int {
	switch name {
	case "PST":
		return -8
	case "MST", "PDT":
		return -7
	case "CST", "MDT":
		return -6
	case "EST", "CDT":
		return -5
	case "EDT":
		return -4
	case "BST", "WEST", "CET":
		return 1
	case "CEST", "EET":
		return 2
	case "EEST":
		return 3
	}
	return 0
}

package lector

import (
	"testing"
	"time"
)

func TestJobFilter(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)
	j := Job{
		ID: "abcdefgh", Article: "4711", Site: "havana", Section: "Sport", State: Ready, Class: ClassQuota, Voice: "amy", Fallback: "kokoro is down",
		Title: "Ärger am Hafen", Reason: "The voice said NO", Changed: at,
	}
	for name, test := range map[string]struct {
		filter JobFilter
		want   bool
	}{
		"everything":               {JobFilter{}, true},
		"its id":                   {JobFilter{ID: "abcdefgh"}, true},
		"the beginning of its id":  {JobFilter{ID: "abcd"}, true},
		"too little of its id":     {JobFilter{ID: "abc"}, false},
		"the id of the CMS":        {JobFilter{ID: "4711"}, true},
		"a part of that":           {JobFilter{ID: "471"}, false},
		"its state":                {JobFilter{State: Ready}, true},
		"another state":            {JobFilter{State: Failed}, false},
		"its class":                {JobFilter{Class: ClassQuota}, true},
		"another class":            {JobFilter{Class: ClassBug}, false},
		"its site":                 {JobFilter{Site: "havana"}, true},
		"a site in another case":   {JobFilter{Site: "Havana"}, false},
		"a section in any case":    {JobFilter{Section: "sport"}, true},
		"part of a section":        {JobFilter{Section: "spo"}, false},
		"its voice":                {JobFilter{Voice: "amy"}, true},
		"another voice":            {JobFilter{Voice: "kokoro"}, false},
		"the normal lane":          {JobFilter{Lane: "normal"}, true},
		"another lane":             {JobFilter{Lane: "backfill"}, false},
		"text of the title":        {JobFilter{Text: "äRGER"}, true},
		"text of the reason":       {JobFilter{Text: "said no"}, true},
		"text across both":         {JobFilter{Text: "hafen the"}, false},
		"since its time":           {JobFilter{Since: at}, true},
		"since later":              {JobFilter{Since: at.Add(1)}, false},
		"until later":              {JobFilter{Until: at.Add(1)}, true},
		"until its time":           {JobFilter{Until: at}, false},
		"a second choice":          {JobFilter{Fallback: true}, true},
		"all at once":              {JobFilter{State: Ready, Site: "havana", Section: "Sport", Lane: "normal", Text: "NO", Since: at, Fallback: true}, true},
		"all at once but the lane": {JobFilter{State: Ready, Site: "havana", Lane: "breaking", Text: "NO"}, false},
	} {
		if got := test.filter.Matches(j); got != test.want {
			t.Errorf("%s: %v", name, got)
		}
	}
	j.Fallback = ""
	if (JobFilter{Fallback: true}).Matches(j) {
		t.Error("read by the preferred voice")
	}
	if !(JobFilter{Lane: "breaking"}).Matches(Job{Lane: Breaking}) {
		t.Error("breaking")
	}
}

// TestLists: a state or a class that is not listed could not be filtered by.
func TestLists(t *testing.T) {
	t.Parallel()
	if len(States()) != 8 || len(Classes()) != 9 {
		t.Errorf("%v, %v", States(), Classes())
	}
}

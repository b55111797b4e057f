package lector

import (
	"strings"
	"time"
)

// States returns all states of jobs.
func States() []State {
	return []State{Queued, Running, Parked, Ready, Failed, Removed, Refused, Cancelled}
}

// Classes returns all classes of errors.
func Classes() []Class {
	return []Class{
		ClassInput, ClassVoiceRefused, ClassVoiceDown, ClassQuota, ClassBudget, ClassStorage, ClassPoison, ClassBug,
	}
}

// JobFilter selects jobs. What is zero selects any.
type JobFilter struct {
	ID       string    `json:"id,omitempty"`       // of the job, or the beginning of one; or the CMS's id of the article
	State    State     `json:"state,omitempty"`    // how the job stands
	Class    Class     `json:"class,omitempty"`    // of the error that is the reason
	Site     string    `json:"site,omitempty"`     // the publication
	Section  string    `json:"section,omitempty"`  // as the CMS states it, in any case
	Voice    string    `json:"voice,omitempty"`    // that reads the public rendition, as configured
	Lane     string    `json:"lane,omitempty"`     // by its name: that of Normal is normal
	Text     string    `json:"text,omitempty"`     // in the title or the reason, in any case
	Since    time.Time `json:"since,omitzero"`     // changed in [Since, Until)
	Until    time.Time `json:"until,omitzero"`     //
	Fallback bool      `json:"fallback,omitempty"` // public, but not read by the preferred voice
}

// Matches reports whether the filter selects the job.
func (f JobFilter) Matches(j Job) bool {
	return (f.ID == "" || j.Named(f.ID)) && f.matchesState(&j) && f.matchesPlace(&j) && f.matchesTime(j.Changed) && f.matchesText(&j)
}

// minPrefix is how much of a job's id names it at least.
const minPrefix = 4

// Named reports whether an id that a person gives may mean the job: it is the job's
// id, the beginning of one, or the CMS's id of the article.
func (j Job) Named(id string) bool {
	return j.ID == id || j.Article == id || len(id) >= minPrefix && strings.HasPrefix(j.ID, id)
}

func (f JobFilter) matchesState(j *Job) bool {
	switch {
	case f.State != "" && f.State != j.State, f.Class != "" && f.Class != j.Class:
		return false
	case f.Lane != "" && f.Lane != j.Lane.String():
		return false
	}
	return !f.Fallback || j.Fallback != "" && j.State == Ready
}

func (f JobFilter) matchesPlace(j *Job) bool {
	switch {
	case f.Site != "" && f.Site != j.Site, f.Voice != "" && f.Voice != j.Voice:
		return false
	}
	return f.Section == "" || strings.EqualFold(f.Section, j.Section)
}

func (f JobFilter) matchesTime(changed time.Time) bool {
	return (f.Since.IsZero() || !changed.Before(f.Since)) && (f.Until.IsZero() || changed.Before(f.Until))
}

func (f JobFilter) matchesText(j *Job) bool {
	if f.Text == "" {
		return true
	}
	text := strings.ToLower(f.Text)
	return strings.Contains(strings.ToLower(j.Title), text) || strings.Contains(strings.ToLower(j.Reason), text)
}

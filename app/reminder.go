package app

import (
	"encoding/json"
	"time"

	"fermata/checks/files"
)

// A reminder is what a person was told of a sign-in's end. It outlives a restart, so that nobody is told
// the same at every login for a month.
type reminder struct {
	End   time.Time `json:"end"`   // of the sign-in that it was about
	Level int       `json:"level"` // of the worst notice shown
	Later time.Time `json:"later"` // put off until then; zero: not
}

// maxReminders is what the file may have, in bytes: some hundred accounts.
const maxReminders = 64 << 10

// readReminders reads them by the key of their notice. A file that is absent or garbage says that nobody
// was told anything, which costs a notice.
func readReminders(path string) map[string]reminder {
	all := map[string]reminder{}
	data, err := files.Read(path, maxReminders)
	if err != nil || json.Unmarshal(data, &all) != nil || all == nil {
		return map[string]reminder{}
	}
	return all
}

// remember writes the reminders down. That it fails costs a notice too.
func (l *loop) remember() {
	path := l.app.setup.Reminders
	if path == "" {
		return
	}
	if data, err := json.Marshal(l.reminders); err == nil {
		_ = files.Write(path, data, 0o600)
	}
}

// showed notes which ends of sign-ins a view tells of.
func (l *loop) showed(s State, v View) {
	changed := false
	for _, a := range s.Accounts {
		key := a.Name + "/grant"
		end := factsOf(a.Finding).GrantUntil
		for _, n := range v.Notices {
			if r := l.reminders[key]; n.Key == key && (!r.about(end) || r.Level < n.Level || !r.Later.IsZero()) {
				l.reminders[key] = reminder{End: end, Level: n.Level}
				changed = true
			}
		}
	}
	if changed {
		l.remember()
	}
}

// putOff has a person reminded a day later.
func (l *loop) putOff(key string, end time.Time) {
	r := l.reminders[key]
	r.End, r.Later = end, l.app.setup.Time.Now().Add(24*time.Hour)
	l.reminders[key], l.told[key] = r, r
	l.remember()
}

// about reports whether it is about the sign-in that ends then: give or take a day, since the end of one
// that was not seen to begin is estimated.
func (r reminder) about(end time.Time) bool { return r.End.Sub(end).Abs() < 24*time.Hour }

// silences reports whether a notice of this level was told in an earlier run, or is put off.
func (r reminder) silences(n Notice, end, now time.Time) bool {
	return r.about(end) && (now.Before(r.Later) || r.Later.IsZero() && r.Level >= n.Level)
}

package core

import (
	"maps"
	"slices"
	"time"

	"fermata/checks"
	"fermata/checks/cause"
)

// A Notice is a notification that should be on the screen now. One that is no longer wanted is
// withdrawn.
type Notice struct {
	Key     string // names the episode: what has the same key replaces it in place
	Level   int    // 0 to 3; one that the person dismissed comes back only when it rises
	Cause   *Cause
	Answer  *Answer // nil, with no Cause either: Key says it all
	Buttons []ActionID
	Again   int // rises when it is to be shown once more: it came while nobody could read it
}

// Keys of notices that tell of no cause.
const (
	ConnectKey  = "app/connect"    // the first start, without an account
	SettingsKey = "settings/wrong" // the settings file can't be used as it is
	DevicesKey  = "devices"        // where is it to play?
)

// A Reminder records which expiry notice was shown, or the one at the first start, so that a restart does
// not repeat it.
type Reminder struct {
	End   time.Time `json:"end"`   // of the sign-in; zero: it is of none
	Level int       `json:"level"` // of the worst notice shown
	Later time.Time `json:"later"` // put off until then; zero: not
}

// about reports whether it is about the sign-in that ends then: give or take a day, since the end of one
// that was not seen to begin is estimated.
func (r Reminder) about(end time.Time) bool { return r.End.Sub(end).Abs() < 24*time.Hour }

// silences reports whether a notice of this level was shown in an earlier run, or is put off.
func (r Reminder) silences(level int, end, now time.Time) bool {
	return r.about(end) && (now.Before(r.Later) || r.Later.IsZero() && r.Level >= level)
}

// shown is a notice that is on the screen, or was.
type shown struct {
	buttons []ActionID
	on      bool
	level   int
	unread  bool // it came, or got worse, while nobody could read it
	again   int
	until   time.Duration // when it is forgotten, once it is not on the screen
}

// recentFor is how long a button counts after its notice was withdrawn: a click may come late.
const recentFor = time.Hour

// notify decides which notices ought to be on the screen.
func (s *State) notify() {
	s.Notices = nil
	if s.Quiet == 0 {
		for _, c := range s.Serious() {
			n := s.notice(c)
			known := slices.ContainsFunc(s.Notices, func(o Notice) bool { return o.Key == n.Key })
			if !known && !(c.ID == cause.GrantEnds && s.before[n.Key].silences(n.Level, s.grantUntil(c), s.at.True)) {
				s.add(n)
			}
		}
		if len(s.Settings.Problems) > 0 {
			s.add(Notice{Key: SettingsKey, Level: 2, Buttons: []ActionID{"app/settings"}})
		} else if _, told := s.before[ConnectKey]; len(s.Accounts) == 0 && !told {
			s.add(Notice{Key: ConnectKey, Level: 1, Buttons: []ActionID{"app/connect"}})
		}
	}
	for i := range s.Answers {
		if a := &s.Answers[i]; !a.Page {
			s.add(s.answerNotice(a))
		}
	}
	for i := range s.Accounts {
		if a := &s.Accounts[i]; len(a.Devices) > 0 {
			ids := a.DeviceIDs()
			s.add(Notice{Key: DevicesKey, Level: 1, Buttons: ids[:min(3, len(ids))]}) // there is room for three
		}
	}
	s.remember()
}

// Place is where on Fermata's page a cause is told.
func (c Cause) Place() string {
	if c.Account == "" {
		return "cause-" + c.ID
	}
	return "cause-" + c.Account + "-" + c.ID
}

// placeOf is where on Fermata's page more is told of what a notice is about; "": the top.
func (s *State) placeOf(notice string) string {
	for _, n := range s.Notices {
		if n.Key == notice && n.Cause != nil {
			return n.Cause.Place()
		}
	}
	return ""
}

// add puts a notice on the screen, with those of its buttons that are on offer.
func (s *State) add(n Notice) {
	offered := s.Offered()
	var buttons []ActionID
	for _, id := range n.Buttons {
		if !slices.Contains(buttons, id) && slices.ContainsFunc(offered, func(o Offer) bool { return o.Action == id }) {
			buttons = append(buttons, id)
		}
	}
	if n.Cause != nil {
		buttons = buttons[:min(2, len(buttons))]
	}
	n.Buttons = buttons
	s.Notices = append(s.Notices, n)
}

// notice tells of a cause. Its key is the same for all causes of one kind, so that a session that cannot
// be renewed and then ends is one notification that grows worse.
func (s *State) notice(c Cause) Notice {
	n := Notice{Cause: &c, Level: 2}
	if c.Level == checks.Critical {
		n.Level = 3
	}
	if c.Account == "" {
		n.Key, n.Buttons = "clock/wrong", []ActionID{"clock/set", "clock/check"}
		return n
	}
	kind := "session"
	n.Buttons = s.FixIDs(c)
	switch c.ID {
	case cause.GrantEnds:
		kind = "grant"
		n.Level = grantLevel(s.grantUntil(c).Sub(s.at.True))
		n.Buttons = append(n.Buttons[:min(1, len(n.Buttons))], ID(c.Account, "later"))
	case cause.Keyring, cause.KeyringLost:
		kind = "keyring"
	case cause.OtherUser:
		kind = "user"
	}
	n.Key = c.Account + "/" + kind
	return n
}

func (s *State) grantUntil(c Cause) time.Time { return s.Account(c.Account).Facts.GrantUntil }

// grantLevel rises as the sign-in's end draws near.
func grantLevel(left time.Duration) int {
	switch day := 24 * time.Hour; {
	case left <= day:
		return 3
	case left <= 7*day:
		return 2
	}
	return 1
}

// answerNotice tells what came of a click.
func (s *State) answerNotice(a *Answer) Notice {
	switch a.Kind {
	case Failed:
		return Notice{Key: "failed/" + string(a.Action), Level: 1, Answer: a, Buttons: []ActionID{a.Action}}
	case Worked:
		return Notice{Key: "answer", Answer: a}
	}
	return Notice{Key: "message", Answer: a}
}

// remember keeps which buttons are on the screen or were, and what a person was told of that a restart
// is not to repeat.
func (s *State) remember() {
	before := s.recent
	s.recent = map[string]*shown{}
	for key, n := range before {
		gone := *n
		if n.on {
			gone.on, gone.until = false, s.at.Elapsed+recentFor
		}
		s.recent[key] = &gone
	}
	changed := false
	for i, n := range s.Notices {
		now := &shown{buttons: n.Buttons, on: true, level: n.Level}
		if old := before[n.Key]; old != nil {
			now.again = old.again
			now.unread = old.on && old.unread || s.away && (!old.on || n.Level > old.level)
		} else {
			now.unread = s.away
		}
		if now.unread && !s.away {
			now.unread, now.again = false, now.again+1
		}
		s.recent[n.Key], s.Notices[i].Again = now, now.again
		if _, told := s.Reminders[n.Key]; n.Key == ConnectKey && !told {
			s.Reminders[n.Key], changed = Reminder{Level: n.Level}, true
		}
		if n.Cause == nil || n.Cause.ID != cause.GrantEnds {
			continue
		}
		end := s.grantUntil(*n.Cause)
		if t, ok := s.Reminders[n.Key]; !ok || !t.about(end) || t.Level < n.Level || !t.Later.IsZero() {
			s.Reminders[n.Key], changed = Reminder{End: end, Level: n.Level}, true
		}
	}
	if changed {
		s.do(Save{maps.Clone(s.Reminders)})
	}
}

// putOff has a person reminded of a sign-in's end a day later.
func (s *State) putOff(account string) {
	key := account + "/grant"
	t := s.Reminders[key]
	t.End, t.Later = s.Account(account).Facts.GrantUntil, s.at.True.Add(putOffFor)
	s.Reminders[key], s.before[key] = t, t
	s.do(Save{maps.Clone(s.Reminders)})
}

// reminders is when the next notice that was put off comes back, on At.Elapsed.
func (s *State) reminders() time.Duration {
	next := never
	for _, t := range s.before {
		if left := t.Later.Sub(s.at.True); left > 0 && !t.Later.IsZero() {
			next = min(next, s.at.Elapsed+left)
		}
	}
	return next
}

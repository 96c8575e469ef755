package view

import (
	"fmt"
	"slices"
	"time"

	"fermata/app/core"
	"fermata/checks"
	"fermata/checks/clock"
	"fermata/checks/programs"
	"fermata/checks/text"
)

// Status is what "fermata status --json" prints: every figure that the menu shows. Times are RFC 3339;
// durations are in seconds. Later versions may add fields, and rename none.
type Status struct {
	Level    checks.Level    `json:"level"`
	Demo     bool            `json:"demo,omitempty"`
	Clock    ClockStatus     `json:"clock"`
	Accounts []AccountStatus `json:"accounts"`
	Notices  []Notice        `json:"notices"`
	Lines    []string        `json:"lines"`              // as the menu says it
	Programs []ProgramStatus `json:"programs"`           // ProgramStatuses
	Settings []string        `json:"settings,omitempty"` // what is wrong in the settings file
}

// ClockStatus is the clock's part. OffsetS is RFC 5905's: positive when this clock is behind.
type ClockStatus struct {
	Level     checks.Level   `json:"level"`
	Summary   string         `json:"summary"`
	OffsetS   *float64       `json:"offset_s"` // null: not known
	ErrorS    *float64       `json:"error_s"`
	CheckedAt *time.Time     `json:"checked_at"`
	Via       string         `json:"via"` // what decided: "ntp" or "https"
	Servers   []ServerStatus `json:"servers"`
	System    []string       `json:"system"` // what the system says of its own clock
	Drift     *DriftStatus   `json:"drift"`  // null: not known
	Actions   []Button       `json:"actions"`
}

// DriftStatus is how fast the clock goes wrong.
type DriftStatus struct {
	PPM      float64    `json:"ppm"` // positive when the clock gains
	ErrorPPM float64    `json:"error_ppm"`
	OverS    float64    `json:"over_s"`  // the time it was measured over
	Crosses  *time.Time `json:"crosses"` // when the clock will be wrong; null: not within a week
}

// ServerStatus is what one time server said.
type ServerStatus struct {
	Name    string   `json:"name"`
	OffsetS *float64 `json:"offset_s"` // null: no answer
	ErrorS  *float64 `json:"error_s"`
	RTTS    *float64 `json:"rtt_s"`
	AgeS    *float64 `json:"age_s"`
	Stratum int      `json:"stratum"`
	Via     string   `json:"via"`
	Verdict string   `json:"verdict"`
	// Certificate is "not yet valid" or "expired" where it is so by this computer's clock.
	Certificate string `json:"certificate,omitempty"`
}

// AccountStatus is one account's part.
type AccountStatus struct {
	Name           string       `json:"name"`
	User           string       `json:"user"`
	Level          checks.Level `json:"level"`
	Summary        string       `json:"summary"`
	SessionUntil   *time.Time   `json:"session_until"` // null: there is no session
	Renews         bool         `json:"renews"`
	GrantUntil     *time.Time   `json:"grant_until"` // null: no end, or not signed in
	GrantEstimated bool         `json:"grant_estimated"`
	Cause          *string      `json:"cause"` // null: nothing is wrong
	Why            string       `json:"why,omitempty"`
	Evidence       []string     `json:"evidence"`
	Actions        []Button     `json:"actions"`
}

// ProgramStatus is one of other programs' token files.
type ProgramStatus struct {
	programs.Program
	State string `json:"state"`           // in a person's words: "token until 15:04"
	Grant string `json:"grant,omitempty"` // the same of its sign-in, while its end is known and to come
}

// ProgramStatuses are all of a state's programs at a moment. They are made when somebody asks: there may be a
// thousand, and a View is kept.
func ProgramStatuses(all *programs.List, now time.Time, style text.Style) []ProgramStatus {
	list := []ProgramStatus{}
	for p := range all.All(now) {
		s := ProgramStatus{Program: p, State: p.Words(now, style)}
		if p.GrantUntil.After(now) {
			s.Grant = fmt.Sprintf("Its sign-in expires on %s at the latest.", style.FullDate(p.GrantUntil, now))
		}
		list = append(list, s)
	}
	return list
}

func (w words) status(v View) Status {
	s := Status{
		Demo:     w.Troubles != nil,
		Accounts: []AccountStatus{},
		Notices:  v.Notices,
		Lines:    []string{},
		Programs: []ProgramStatus{},
	}
	for _, l := range v.Menu.Lines {
		s.Lines = append(s.Lines, l.Label)
	}
	s.Clock = ClockStatusOf(w.ClockLevel, w.Clock.Facts, w.style, w.offersOf("clock"))
	if !w.Clock.Seen {
		s.Clock.Summary = "Not measured yet"
	}
	s.Level = s.Clock.Level
	for i := range w.Accounts {
		a := w.accountStatus(&w.Accounts[i])
		s.Level = max(s.Level, a.Level)
		s.Accounts = append(s.Accounts, a)
	}
	for _, p := range w.State.Settings.Problems {
		s.Settings = append(s.Settings, p.Error())
	}
	return s
}

// ClockStatusOf is the clock's part of a Status, for "fermata clock" without an instance too.
func ClockStatusOf(level checks.Level, f clock.Facts, style text.Style, actions []Button) ClockStatus {
	c := ClockStatus{
		Level: level, Summary: f.Summary(style), CheckedAt: moment(f.CheckedAt), Via: f.Via,
		Servers: []ServerStatus{}, System: append([]string{}, f.System...), Actions: append([]Button{}, actions...),
	}
	if f.Known {
		c.OffsetS, c.ErrorS = seconds(f.Offset), seconds(f.Error)
	}
	if d := f.Drift; d.Known {
		c.Drift = &DriftStatus{d.PPM, d.Error, d.Over.Seconds(), moment(d.Crosses)}
	}
	for _, v := range f.Servers {
		s := ServerStatus{Name: v.Name, Stratum: v.Stratum, Via: v.Via, Verdict: string(v.Verdict), Certificate: v.Certificate}
		if v.Answered() {
			s.OffsetS, s.ErrorS, s.RTTS, s.AgeS = seconds(v.Offset), seconds(v.Error), seconds(v.RTT), seconds(v.Age)
		}
		c.Servers = append(c.Servers, s)
	}
	return c
}

func (w words) accountStatus(a *core.Account) AccountStatus {
	f := a.Facts
	s := AccountStatus{
		Name: a.Name, User: f.User, Level: a.Level, Summary: w.sessionLine(a),
		SessionUntil: moment(f.Until), Renews: f.Renews,
		GrantUntil: moment(f.GrantUntil), GrantEstimated: f.GrantEstimated,
		Evidence: []string{}, Actions: w.offersOf(a.Name),
	}
	if i := slices.IndexFunc(w.Causes, func(c core.Cause) bool { return c.Account == a.Name }); i >= 0 {
		c := w.Causes[i]
		s.Level = max(s.Level, c.Level)
		s.Summary = c.Title
		s.Cause, s.Why, s.Evidence = &c.ID, c.Why, append(s.Evidence, c.Evidence...)
	}
	return s
}

// offersOf are the actions on offer about an account or the clock.
func (w words) offersOf(name string) []Button {
	all := []Button{}
	for _, o := range w.offered {
		if o.Action.Of() == name {
			all = append(all, Button{o.Action, w.label(o.Action)})
		}
	}
	return all
}

func seconds(d time.Duration) *float64 {
	s := d.Seconds()
	return &s
}

// moment is null for no time at all.
func moment(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.Round(time.Second)
	return &t
}

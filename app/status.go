package app

import (
	"time"

	"fermata/checks"
	"fermata/checks/clock"
	"fermata/checks/programs"
)

// Status is what "fermata status --json" prints: every figure that the menu shows. Times are RFC 3339;
// durations are in seconds. Later versions may add fields, and rename none.
type Status struct {
	Level    checks.Level    `json:"level"`
	Demo     bool            `json:"demo,omitempty"`
	Clock    ClockStatus     `json:"clock"`
	Accounts []AccountStatus `json:"accounts"`
	Notices  []Notice        `json:"notices"`
	Lines    []string        `json:"lines"` // as the menu says it
	Programs []ProgramStatus `json:"programs"`
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
	State string `json:"state"` // in a person's words: "token until 15:04"
}

func status(s State, found []diagnosis) Status {
	st := Status{
		Demo:     s.Demo,
		Clock:    ClockStatusOf(s.Clock),
		Accounts: []AccountStatus{},
		Notices:  notices(s, found),
		Lines:    lines(s, found),
		Programs: []ProgramStatus{},
	}
	st.Level = st.Clock.Level
	if st.Notices == nil {
		st.Notices = []Notice{}
	}
	if len(s.Accounts) == 0 {
		st.Level = max(st.Level, checks.Warning)
	}
	for _, a := range s.Accounts {
		as := accountStatus(s, a, found)
		st.Level = max(st.Level, as.Level)
		st.Accounts = append(st.Accounts, as)
	}
	for _, p := range s.Programs {
		st.Programs = append(st.Programs, ProgramStatus{p, p.Words(s.Now)})
	}
	for _, p := range s.Problems {
		st.Settings = append(st.Settings, p.Error())
	}
	return st
}

// ClockStatusOf is the clock's part of a Status, for "fermata clock" without an instance too.
func ClockStatusOf(f checks.Finding) ClockStatus {
	c := ClockStatus{Level: f.Level, Summary: f.Summary, Servers: []ServerStatus{}, System: []string{}, Actions: allButtons(f.Actions)}
	facts, ok := f.Facts.(clock.Facts)
	if !ok {
		c.Level, c.Summary = checks.Unknown, "Not measured yet"
		return c
	}
	if facts.Known {
		c.OffsetS, c.ErrorS = seconds(facts.Offset), seconds(facts.Error)
	}
	c.CheckedAt, c.Via, c.System = moment(facts.CheckedAt), facts.Via, append(c.System, facts.System...)
	if d := facts.Drift; d.Known {
		c.Drift = &DriftStatus{d.PPM, d.Error, d.Over.Seconds(), moment(d.Crosses)}
	}
	for _, v := range facts.Servers {
		sv := ServerStatus{Name: v.Name, Stratum: v.Stratum, Via: v.Via, Verdict: string(v.Verdict), Certificate: v.Certificate}
		if v.Answered() {
			sv.OffsetS, sv.ErrorS, sv.RTTS, sv.AgeS = seconds(v.Offset), seconds(v.Error), seconds(v.RTT), seconds(v.Age)
		}
		c.Servers = append(c.Servers, sv)
	}
	return c
}

func accountStatus(s State, a Account, found []diagnosis) AccountStatus {
	f := factsOf(a.Finding)
	as := AccountStatus{
		Name: a.Name, User: f.User, Level: a.Finding.Level, Summary: a.Finding.Summary,
		SessionUntil: moment(f.Until), Renews: f.Renews,
		GrantUntil: moment(f.GrantUntil), GrantEstimated: f.GrantEstimated,
		Evidence: []string{}, Actions: allButtons(a.Finding.Actions),
	}
	if !a.Seen {
		as.Level, as.Summary = checks.Unknown, "Not looked at yet"
	}
	for _, d := range found {
		if d.account != nil && d.account.Name == a.Name {
			as.Level = max(as.Level, d.Level)
			as.Cause, as.Why, as.Evidence = &d.ID, d.Why, append(as.Evidence, d.Evidence...)
			break
		}
	}
	return as
}

func allButtons(actions []checks.Action) []Button {
	all := []Button{}
	for _, a := range actions {
		all = append(all, Button{a.ID, a.Label})
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

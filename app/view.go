package app

import (
	"cmp"
	"slices"
	"time"

	"fermata/assets"
	"fermata/checks"
	"fermata/checks/cause"
	"fermata/checks/clock"
	"fermata/checks/spotify"
)

// A View is what a person meets: everything that is shown anywhere is in it.
type View struct {
	Icon    Icon
	Tooltip string
	Menu    Menu
	Notices []Notice
	Line    string // the whole in one line, for where there is no desktop
	Status  Status // the same for programs
}

// Icon: the arc is the session, the dot is the clock.
type Icon struct {
	Arc assets.Arc
	Dot assets.Dot
}

// view makes the view. It is a pure function.
func view(s State) View {
	found := diagnose(s)
	return View{
		Icon:    icon(s),
		Tooltip: tooltip(s, found),
		Menu:    menu(s, found),
		Notices: notices(s, found),
		Line:    line(s, found),
		Status:  status(s, found),
	}
}

// A diagnosis is a cause and whose it is.
type diagnosis struct {
	cause.Cause
	account *Account // nil: the clock's
}

// diagnose names every cause, the worst first; among equals, what must be mended first.
func diagnose(s State) []diagnosis {
	var all []diagnosis
	for i := range s.Accounts {
		a := &s.Accounts[i]
		if !a.Seen {
			continue
		}
		_, found := cause.Judge(evidence(s, a))
		for _, c := range found {
			if c.ID != cause.ClockWrong || !clockWrong(s) {
				all = append(all, diagnosis{c, a})
			}
		}
	}
	if clockWrong(s) {
		_, c := cause.JudgeClock(clockFacts(s))
		all = slices.Insert(all, 0, diagnosis{c, nil})
	}
	slices.SortStableFunc(all, func(a, b diagnosis) int { return cmp.Compare(b.Level, a.Level) })
	return all
}

func clockWrong(s State) bool { return s.Clock.Level >= checks.Warning }

func clockFacts(s State) clock.Facts {
	f, _ := s.Clock.Facts.(clock.Facts)
	return f
}

// evidence gathers what speaks for or against each cause.
func evidence(s State, a *Account) cause.Evidence {
	facts := factsOf(a.Finding)
	e := cause.Evidence{
		Now: s.Now, Provider: a.Provider, WarnSession: a.Warn.Session, WarnGrant: a.Warn.Grant,
		Session: facts.Facts, Clock: clockFacts(s), NetworkSeen: clockFacts(s).Known,
	}
	if a.Spotify {
		e.SessionLife, e.Note = spotify.SessionLifetime, spotify.LifetimeNote
	}
	e.StatusPage, e.KeyringLocked = facts.Outage, facts.Locked
	e.LastOutage, e.SignIn, e.NoReturn, e.Changed = a.outage, a.signIn, a.noReturn, a.changed
	for _, o := range s.Accounts {
		if o.Provider == a.Provider && o.Name != a.Name {
			f := factsOf(o.Finding)
			e.OthersWell = e.OthersWell || o.Finding.Level == checks.OK
			e.OthersFail = e.OthersFail || f.Trouble != nil && facts.Trouble != nil && f.Trouble.Code == facts.Trouble.Code
			e.NetworkSeen = e.NetworkSeen || o.Finding.Level == checks.OK
		}
	}
	return e
}

// icon draws the worst of the accounts.
func icon(s State) Icon {
	i := Icon{Arc: assets.ArcFull, Dot: assets.DotHollow}
	if clockFacts(s).Known {
		i.Dot = assets.DotSolid
	}
	if clockWrong(s) {
		i.Dot = assets.DotBeside
	}
	for _, a := range s.Accounts {
		i.Arc = max(i.Arc, arc(s, a))
	}
	if len(s.Accounts) == 0 {
		i.Arc = assets.ArcBroken
	}
	return i
}

// arc is one account's: as long as what is left of a session that will not be renewed.
func arc(s State, a Account) assets.Arc {
	f := factsOf(a.Finding)
	if !a.Seen {
		return assets.ArcFull
	}
	left := f.Until.Sub(s.Now)
	switch {
	case a.Finding.Level == checks.Critical || !f.SignedIn:
		return assets.ArcBroken
	case f.Renews && f.Trouble == nil || f.Until.IsZero():
		return assets.ArcFull
	case left <= 0:
		return assets.ArcBroken
	case left <= sessionLength/4:
		return assets.ArcQuarter
	case left <= sessionLength/2:
		return assets.ArcHalf
	case left <= sessionLength*3/4:
		return assets.ArcThreeQuarters
	}
	return assets.ArcFull
}

// shrinks is in how long the arc of a session that is not renewed will be drawn shorter. 0: not by time.
func shrinks(f accountFacts, now time.Time) time.Duration {
	if f.Renews && f.Trouble == nil || f.Until.IsZero() {
		return 0
	}
	left := f.Until.Sub(now)
	for quarters := time.Duration(3); quarters >= 0; quarters-- {
		if d := left - quarters*sessionLength/4; d > 0 {
			return d
		}
	}
	return 0
}

// sessionLength is what a whole arc stands for: the life of the usual access token.
const sessionLength = time.Hour

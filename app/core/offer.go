package core

import (
	"fmt"
	"slices"
	"time"

	"fermata/checks"
	"fermata/checks/cause"
	"fermata/checks/session"
	"fermata/checks/spotify"
)

// An Offer is an action that makes sense now.
type Offer struct {
	Action  ActionID
	Running bool // a click would change nothing
}

// Offered are the actions that make sense now: the accounts', the clock's, the program's own, the demo's.
func (s *State) Offered() []Offer {
	var all []Offer
	add := func(id ActionID) {
		_, acting := s.Acting[id]
		all = append(all, Offer{id, acting && !id.IsSignIn() && !id.opens()})
	}
	for i := range s.Accounts {
		s.Accounts[i].offer(add, s.at.True)
	}
	add("clock/check")
	if s.ClockLevel >= checks.Warning {
		add("clock/set")
	}
	if len(s.Accounts) == 0 && len(s.Settings.Problems) == 0 { // there may be one in a file that can't be read
		add("app/connect")
	}
	s.Guide.offer(add)
	add("app/open")
	add("app/start-at-login")
	add("app/pause")
	if s.Settings.File {
		add("app/settings")
	}
	if s.explained() != nil {
		add("app/about")
	}
	add("app/report")
	add("app/quit")
	for _, t := range s.Troubles {
		add(ID("demo", t.Name))
	}
	return all
}

// offer adds what can be done about an account. Before the first look it is taken to be signed in.
func (a *Account) offer(add func(ActionID), now time.Time) {
	do := func(verb string) { add(ID(a.Name, verb)) }
	signedIn := a.Facts.SignedIn || !a.Seen
	if a.Facts.Locked {
		do("unlock")
	}
	if a.Stuck(now) {
		do("memory")
	}
	if signedIn {
		do(string(cause.Refresh))
		do("logout")
	}
	if a.Facts.Before != (session.User{}) {
		do("keep-user")
		do("old-user")
	}
	do(string(cause.SignIn))
	if a.IsSpotify() {
		if signedIn {
			do(string(cause.Permissions))
			do(string(cause.Device))
		}
		do("client")
		do(string(cause.Restart))
		do("player")
		do(string(cause.Support))
	}
	do("later")
	for _, id := range a.DeviceIDs() {
		add(id)
	}
}

// deviceVerb is the verb of the i-th device, counted from 0.
func deviceVerb(i int) string { return fmt.Sprintf("device-%d", i+1) }

// DeviceIDs are the actions that play on an account's devices.
func (a *Account) DeviceIDs() []ActionID {
	var all []ActionID
	for i := range a.Devices {
		all = append(all, ID(a.Name, deviceVerb(i)))
	}
	return all
}

// Device returns the device that an action plays on; ok is false where the action is about none.
func (s *State) Device(id ActionID) (d spotify.Device, ok bool) {
	if a := s.Account(id.Of()); a != nil {
		if i := slices.Index(a.DeviceIDs(), id); i >= 0 {
			return a.Devices[i], true
		}
	}
	return d, false
}

// FixIDs are the actions for a cause's fixes, the likeliest first.
func (s *State) FixIDs(c Cause) []ActionID {
	var ids []ActionID
	if c.ID == cause.WrongClient {
		ids = append(ids, ID(c.Account, "client"), "app/settings")
	}
	if c.ID == cause.Keyring && c.Account != "" {
		ids = append(ids, ID(c.Account, "unlock"))
	}
	if c.ID == cause.OtherUser {
		ids = append(ids, ID(c.Account, "keep-user"), ID(c.Account, "old-user"))
	}
	for _, fix := range c.Fixes {
		ids = append(ids, s.fixIDs(c.Account, fix)...)
	}
	if (c.ID == cause.Keyring || c.ID == cause.KeyringLost) && c.Account != "" {
		ids = slices.Insert(ids, min(1, len(ids)), ID(c.Account, "memory")) // the second best
	}
	return ids
}

// fixIDs are the actions for one fix.
func (s *State) fixIDs(account string, fix cause.Fix) []ActionID {
	switch {
	case fix == cause.Clock:
		return []ActionID{"clock/set", "clock/check"}
	case fix == cause.Settings:
		return []ActionID{"app/settings"}
	case account == "":
		return nil
	}
	return []ActionID{ID(account, string(fix))}
}

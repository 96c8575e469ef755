package app

import (
	"reflect"
	"slices"

	"fermata/app/config"
	"fermata/checks"
	"fermata/checks/clock"
	"fermata/checks/session"
)

// furnish makes the watches that the settings ask for, and keeps those whose settings did not change:
// an account that is signed in stays so.
func (l *loop) furnish() {
	set := l.app.setup
	keep := func(name string, made any) *watch {
		for _, w := range l.watches {
			if w.check.Name() == name && reflect.DeepEqual(w.config, made) {
				return w
			}
		}
		return nil
	}
	var watches []*watch
	for _, c := range set.Config.Accounts {
		made := accountConfig{c, set.Config.Notify}
		w := keep(c.Name, made)
		if w == nil {
			w = newAccountWatch(newAccount(l.app, set, c), made)
		}
		watches = append(watches, w)
	}
	made := set.Config.Clock
	w := keep("clock", made)
	if w == nil {
		w = &watch{config: made, check: clock.New(clock.Config{
			Servers: made.Servers, Tolerance: made.Tolerance, Interval: made.Interval,
			Dial: set.Dial, Pages: set.Dates, History: set.History, SetClock: set.SetClock,
		}, set.Time)}
	}
	watches = append(watches, w)
	if set.Programs != nil {
		w := keep("programs", set.Programs)
		if w == nil {
			w = &watch{check: set.Programs, config: set.Programs}
		}
		watches = append(watches, w)
	}
	l.replace(watches)
}

type accountConfig struct {
	account config.Account
	notify  config.Notify
}

// newAccountWatch offers the account's actions before its first look has ended.
func newAccountWatch(a *account, made accountConfig) *watch {
	return &watch{check: a, config: made, finding: checks.Finding{
		Level: checks.Unknown, Actions: a.actions(accountFacts{Facts: session.Facts{SignedIn: true}}, checks.Unknown),
	}}
}

// replace puts watches in the place of those that there were. Who waits for one that is gone waits for
// the one of the same name.
func (l *loop) replace(watches []*watch) {
	gone := func(w *watch) bool { return !slices.Contains(watches, w) }
	heirs := map[*watch]*watch{}
	for _, old := range l.watches {
		if !gone(old) {
			continue
		}
		old.stale = true
		delete(l.devices, old.check.Name()) // they know the old account's token
		for _, w := range watches {
			if w.check.Name() == old.check.Name() {
				heirs[old], w.before = w, old
			}
		}
	}
	l.watches = watches
	for _, q := range l.waiting {
		for i, w := range q.left {
			if heir := heirs[w]; heir != nil {
				q.left[i] = heir
			}
		}
	}
	l.waiting = slices.DeleteFunc(l.waiting, func(q *waiter) bool { return q.forget(gone) })
}

// reload reads the settings again.
func (l *loop) reload() {
	set := &l.app.setup
	if set.Path == "" {
		return
	}
	set.Config, set.Problems = set.Config.Reload(set.Path)
	l.furnish()
}

// named returns the watch of that name, nil if there is none.
func (l *loop) named(name string) *watch {
	for _, w := range l.watches {
		if w.check.Name() == name {
			return w
		}
	}
	return nil
}

// account returns the account of that name, nil if there is none.
func (l *loop) account(name string) *account {
	if w := l.named(name); w != nil {
		a, _ := w.check.(*account)
		return a
	}
	return nil
}

package app

import (
	"context"
	"reflect"
	"slices"
	"time"

	"fermata/app/config"
	"fermata/checks"
	"fermata/checks/clock"
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
			w = newAccountWatch(newAccount(set, c), made)
		}
		watches = append(watches, w)
	}
	made := set.Config.Clock
	w := keep("clock", made)
	if w == nil {
		w = &watch{config: made, check: clock.New(clock.Config{
			Servers: made.Servers, Tolerance: made.Tolerance, Interval: made.Interval, Dial: set.Dial,
		}, set.Time)}
	}
	l.watches = append(watches, w)
	l.abandon()
}

type accountConfig struct {
	account config.Account
	notify  config.Notify
}

// newAccountWatch offers the account's actions before its first look has ended.
func newAccountWatch(a *account, made accountConfig) *watch {
	return &watch{check: a, config: made, finding: checks.Finding{
		Level: checks.Unknown, Actions: a.actions(true, false),
	}}
}

// abandon answers those who wait for watches that are gone.
func (l *loop) abandon() {
	l.waiting = slices.DeleteFunc(l.waiting, func(q *waiter) bool {
		for _, w := range q.left {
			if !slices.Contains(l.watches, w) && q.done(w) {
				return true
			}
		}
		return false
	})
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

// own are the actions that are the app's and no finding's.
func (l *loop) own() []checks.Action {
	set := l.app.setup
	all := []checks.Action{{ID: "app/quit", Label: "Quit Fermata", Do: func(context.Context) error {
		l.quit()
		return nil
	}}}
	if len(set.Config.Accounts) == 0 {
		all = append(all, checks.Action{ID: "app/connect", Label: "Connect Spotify…", Again: true, Do: l.connect})
	}
	pause := checks.Action{ID: "app/pause", Label: "Pause notifications for an hour", Do: l.put(func() {
		if l.quiet > l.now() {
			l.quiet = 0
		} else {
			l.quiet = l.now() + time.Hour
		}
	})}
	all = append(all, l.autostart(), pause)
	if set.Path != "" {
		all = append(all, checks.Action{ID: "app/settings", Label: "Open the settings file", Do: l.openSettings})
	}
	for _, c := range set.Config.Accounts {
		key := c.Name + "/grant"
		all = append(all, checks.Action{ID: c.Name + "/later", Label: "Remind me tomorrow", Do: l.put(func() {
			l.later[key] = l.now() + 24*time.Hour
		})})
	}
	return all
}

// put makes an action of a change of the loop's state.
func (l *loop) put(change func()) func(context.Context) error {
	return func(ctx context.Context) error { return l.app.send(ctx, put{change}) }
}

type put struct{ change func() }

func (e put) happen(*loop) { e.change() }

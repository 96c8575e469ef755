package app

import (
	"context"
	"maps"
	"reflect"
	"time"

	"fermata/app/account"
	"fermata/app/autostart"
	"fermata/app/browser"
	"fermata/app/config"
	"fermata/app/core"
	"fermata/app/page"
	"fermata/app/view"
	"fermata/checks"
	"fermata/checks/cause"
	"fermata/checks/clock"
	"fermata/checks/doctor"
	"fermata/checks/session"
)

// carryOut does what core decided. Whatever takes time does so in a goroutine of its own.
func (a *App) carryOut(ctx context.Context, e core.Effect) {
	switch e := e.(type) {
	case core.Look:
		look, begin := a.look(e.Name), time.NewTimer(a.delay)
		a.work.Go(func() {
			select {
			case <-begin.C:
			case <-ctx.Done(): // look says so
			}
			a.send(look(ctx))
		})
	case core.Act:
		ctx, cancel := context.WithCancel(context.WithValue(browser.WithActivation(ctx, e.Activation), runKey{}, e))
		if acc := a.state.Account(e.Action.Of()); acc != nil && e.Action.IsSignIn() {
			ctx = browser.WithCommand(ctx, acc.Config.Browser)
		}
		a.cancels[e.Run] = cancel
		do := a.action(e)
		a.work.Go(func() {
			defer cancel()
			found, err := do(ctx)
			a.send(core.Acted{Run: e.Run, Found: found, Err: err})
		})
	case core.Cancel:
		a.cancels[e.Run]()
	case core.Configure:
		a.configure(e.Settings)
	case core.Save:
		select {
		case <-a.saves: // it was not kept yet, and need not be
		default:
		}
		a.saves <- e.Reminders
	case core.KeepPast:
		select {
		case <-a.pasts:
		default:
		}
		a.pasts <- e.Past
	case core.Trim:
		if a.out.Trim != nil {
			a.work.Go(a.out.Trim)
		}
	case core.Quit:
		a.quit()
	}
}

// runKey is the key of a context's run of an action, a core.Act.
type runKey struct{}

// opening returns open for the run of an action, which is noted to have sent the browser there. Whoever waits
// for it is told the address, and can open it where open failed.
func (a *App) opening(open func(context.Context, string) error) func(context.Context, string) error {
	return func(ctx context.Context, address string) error {
		act, ok := ctx.Value(runKey{}).(core.Act)
		if ok {
			a.send(core.Opened{Run: act.Run, Address: address})
		}
		if act.Elsewhere {
			return nil
		}
		if err := open(ctx, address); !act.Waits {
			return err
		}
		return nil
	}
}

// overdue ends the run of a sign-in whose pages stay a while for whoever comes back late. What comes of that is
// told as another end of the run.
func (a *App) overdue(ctx context.Context, err error) {
	if act, ok := ctx.Value(runKey{}).(core.Act); ok {
		a.send(core.Acted{Run: act.Run, Err: err})
	}
}

// look returns what looks at the thing of that name.
func (a *App) look(name string) func(context.Context) core.Event {
	switch name {
	case "clock":
		check, signIn := a.clock, a.state.NewestSignIn()
		return func(ctx context.Context) core.Event {
			check.SignedIn(signIn)
			f, next := check.Look(ctx)
			return core.Looked{Name: name, Facts: f, Next: next}
		}
	case "guide":
		return func(ctx context.Context) core.Event {
			doctor.Look(ctx, a.out.Doctor, func(f doctor.Facts) { a.send(core.Found{Facts: f}) })
			return core.Looked{Name: name}
		}
	case "programs":
		return func(ctx context.Context) core.Event {
			f, next := a.out.Programs.Look(ctx)
			return core.Looked{Name: name, Facts: f, Next: next}
		}
	}
	acc := a.account(name)
	return func(ctx context.Context) core.Event {
		f, next := acc.Look(ctx)
		return core.Looked{Name: name, Facts: f, Next: next}
	}
}

type doing = func(context.Context) (found any, err error)

// action returns what does an action.
func (a *App) action(act core.Act) doing {
	name, verb := act.Action.Of(), act.Action.Verb()
	if acc := a.account(name); acc != nil && verb == "client" {
		c := a.state.Account(name).Config
		return func(ctx context.Context) (any, error) { return a.changeClient(ctx, acc, c) }
	} else if acc != nil {
		r := account.Request{Switch: act.Switch}
		r.Device, _ = a.state.Device(act.Action)
		if verb == string(cause.Support) {
			r.Report = a.report()
		}
		return func(ctx context.Context) (any, error) { return acc.Do(ctx, verb, r) }
	}
	if name == "guide" {
		return a.guide(act)
	}
	switch act.Action {
	case "app/report":
		report := a.report()
		return func(context.Context) (any, error) { return report, nil }
	case "app/start-at-login":
		on := !a.state.Settings.AtLogin
		return func(context.Context) (any, error) {
			if err := autostart.Set(on); err != nil {
				return nil, err
			}
			return core.AtLogin(on), nil
		}
	case "app/settings":
		return func(ctx context.Context) (any, error) { return nil, a.openSettings(ctx) }
	case "app/connect":
		return a.connect
	case "app/open":
		return func(ctx context.Context) (any, error) { return a.page.Open(ctx, act.Place) }
	case "clock/set":
		check := a.clock
		return func(ctx context.Context) (any, error) { return nil, check.Set(ctx) }
	}
	return func(ctx context.Context) (any, error) { return nil, a.cause(ctx, verb) }
}

func (a *App) report() string { return view.Report(a.state, a.at(), a.out.Build()) }

// cause causes a trouble of the demo. Where what is kept can't be read, the account begins as after a
// restart.
func (a *App) cause(ctx context.Context, name string) error {
	reload, err := a.out.Cause(name)
	if err != nil || !reload {
		return err
	}
	a.mu.Lock()
	accounts := maps.Clone(a.accounts)
	a.mu.Unlock()
	for name, acc := range accounts {
		if acc.Reload(ctx) != nil { // it may wait for a request
			a.mu.Lock()
			if a.accounts[name] == acc {
				a.accounts[name] = acc.Anew()
			}
			a.mu.Unlock()
		}
	}
	return nil
}

// openSettings shows the settings file in the person's editor, and makes it first where there is none.
func (a *App) openSettings(ctx context.Context) error {
	if err := config.Create(a.out.Path); err != nil {
		return err
	}
	return a.out.Open(ctx, a.out.Path)
}

// connect takes a person from nothing to a watched account: the page asks for the client ID, then the
// sign-in follows, and only when that has worked are the settings written.
func (a *App) connect(ctx context.Context) (any, error) {
	var made *account.Account
	var c config.Account
	err := page.Connect(ctx, a.out.Open, func(clientID, redirect string) (*session.Attempt, error) {
		c = config.Account{Name: "spotify", Provider: "spotify", ClientID: clientID, Renew: "auto"}
		made = account.New(&a.out.Outside, c)
		return made.Begin(redirect, false)
	}, a.out.Page...)
	if err != nil {
		return nil, err
	}
	a.mu.Lock()
	a.accounts[c.Name] = made
	a.mu.Unlock()
	if a.out.Path != "" {
		err = config.AddSpotify(a.out.Path, c.ClientID)
	}
	return connected(c, made, err)
}

// changeClient takes a person through the same pages to another client ID for an account. Until the sign-in with
// it has worked, nothing of the account changes.
func (a *App) changeClient(ctx context.Context, acc *account.Account, c config.Account) (any, error) {
	err := page.Connect(ctx, a.out.Open, func(clientID, redirect string) (*session.Attempt, error) {
		c.ClientID = clientID
		return acc.BeginAs(clientID, redirect, false)
	}, append(a.out.Page[:len(a.out.Page):len(a.out.Page)], page.Again(c.ClientID))...)
	if err != nil {
		return nil, err
	}
	if a.out.Path != "" {
		var wrong []config.Wrong
		wrong, err = config.Change(a.out.Path, []config.Edit{{Account: c.Name, Key: "client_id", Values: []string{c.ClientID}}})
		if len(wrong) > 0 {
			err = wrong[0]
		}
	}
	return connected(c, acc, err)
}

// connected is what a sign-in brings whose client ID was written into the settings, or not: then err says why.
func connected(c config.Account, acc *account.Account, err error) (any, error) {
	if err != nil {
		return core.Connected(c), checks.WithHint(err, "You are signed in, but the settings don't have the client ID. Correct the settings file, then enter it again.")
	}
	return core.Connected(c), acc.Unsaved()
}

// configure makes the accounts that the settings name, and tells those that there are what changed. One
// that was removed is put by, since what it asked for may be on its way: if its name comes back, so does it.
func (a *App) configure(s core.Settings) {
	a.mu.Lock()
	defer a.mu.Unlock()
	maps.Copy(a.removed, a.accounts)
	clear(a.accounts)
	for _, c := range s.Accounts {
		acc := a.removed[c.Name]
		if acc == nil {
			acc = account.New(&a.out.Outside, c)
		}
		delete(a.removed, c.Name)
		acc.Configure(c)
		a.accounts[c.Name] = acc
	}
	a.refuseToken = s.Secrets.Token == "refuse"
	if a.out.Programs != nil {
		a.out.Programs.Configure(s.Programs)
	}
	if a.out.Use != nil && a.out.Use(s.Secrets.Store) {
		a.keeperChanged()
	}
	if a.clock != nil && reflect.DeepEqual(s.Clock, a.measured) {
		return // it remembers which servers want to be left alone
	}
	a.measured = s.Clock
	a.clock = clock.New(clock.Config{
		Servers: s.Clock.Servers, Tolerance: s.Clock.Tolerance, Interval: s.Clock.Interval,
		Dial: a.out.Dial, Pages: a.out.Dates, History: a.out.History, SetClock: a.out.SetClock,
		Made: a.out.Made,
	}, a.out.Time)
}

// keeperChanged has all accounts ask their keeper again. It is of the goroutine of Run, which alone changes accounts.
func (a *App) keeperChanged() {
	for _, acc := range a.accounts {
		acc.KeeperChanged()
	}
}

// account returns the account of that name, nil if there is none.
func (a *App) account(name string) *account.Account {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.accounts[name]
}

// keep writes down what a person was told and what happened, away from the goroutine that answers clicks.
func (a *App) keep(ctx context.Context) {
	for {
		select {
		case told := <-a.saves:
			a.save(told)
		case past := <-a.pasts:
			a.savePast(past)
		case <-ctx.Done():
			return
		}
	}
}

func (a *App) save(told map[string]core.Reminder) {
	if a.out.Save != nil {
		_ = a.out.Save(told) // it costs a notice
	}
}

func (a *App) savePast(past []core.Happening) {
	if a.out.KeepPast != nil {
		_ = a.out.KeepPast(past) // it costs a part of the timeline
	}
}

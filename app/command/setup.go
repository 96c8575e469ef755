package command

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"time"

	"fermata/app"
	"fermata/app/account"
	"fermata/app/autostart"
	"fermata/app/config"
	"fermata/app/core"
	"fermata/app/inhibit"
	"fermata/app/locale"
	"fermata/app/memory"
	"fermata/app/presence"
	"fermata/app/secrets"
	"fermata/app/view"
	"fermata/checks/clock"
	"fermata/checks/files"
	"fermata/checks/programs"
	"fermata/checks/spotify"
)

// app makes the app of this place: the one that watches the person's own accounts, or the demo's.
func (p *place) app(ctx context.Context, open func(context.Context, string) error) (*app.App, error) {
	if p.demo {
		return p.demoApp(ctx, open)
	}
	path, err := p.settingsPath()
	if err != nil {
		return nil, err
	}
	state, err := files.State()
	if err != nil {
		return nil, err
	}
	cfg, problems := config.Load(path)
	p.complain(problems)
	o := app.Outside{
		Settings: core.Settings{Config: cfg, Problems: problems, File: true, AtLogin: autostart.On()}, Path: path,
		Dates: dates(), History: filepath.Join(state, "clock.json"), Trim: memory.Trim, Build: build, Made: made(),
	}
	o.Time, o.Transport, o.Provider, o.Open = clock.NewTime(), transport(), account.Provider, open
	keyring := secrets.NewKeyring("fermata")
	store := secrets.NewStore(keyring, secrets.NewFile(filepath.Join(state, "sign-ins.json")), cfg.Secrets.Store)
	o.Keeper, o.Use, o.Elsewhere, o.Guard = store, store.Use, store.Elsewhere, secrets.NewGuard(state)
	o.Unlock, o.Keyring = keyring.Unlock, keyring.Changes(ctx)
	reminders := filepath.Join(state, "reminders.json")
	o.Reminders = readReminders(reminders)
	o.Save = func(t map[string]core.Reminder) error {
		data, err := json.Marshal(t)
		if err != nil {
			return err
		}
		return files.Write(reminders, data, 0o600)
	}
	past := filepath.Join(state, "past.json")
	o.Past, o.PastLost = readPast(past)
	o.KeepPast = keepPast(past, o.PastLost)
	o.Programs = programs.New(spotify.GrantLifetime, o.Time, filepath.Join(state, "programs.json"))
	if o.ProgramFiles, err = o.Programs.Watch(ctx); err != nil {
		fmt.Fprintln(p.err, "fermata: changes of other programs' tokens are noticed late:", err)
	}
	o.Restart = spotify.Restart
	o.ShowReport = func(ctx context.Context, report string) error { return showReport(ctx, report, open) }
	o.Outage = func(ctx context.Context) string { return spotify.Outage(ctx, o.Transport) }
	o.Pages = account.Pages{
		Apps: spotify.AppsPage, Support: spotify.SupportPage, Player: spotify.PlayerPage,
		SignIn: spotify.SignInPage, SignOut: spotify.SignOutPage, Everywhere: spotify.EverywherePage,
	}
	if o.Changes, err = clock.Watch(ctx); err != nil {
		fmt.Fprintln(p.err, "fermata: steps of the clock are noticed late:", err)
	}
	p.localize(ctx, &o)
	if o.Networks, err = clock.WatchNetwork(ctx); err != nil {
		fmt.Fprintln(p.err, "fermata: another network is noticed late:", err)
	}
	if o.Reloads, err = reloads(ctx, path, o.Settings); err != nil {
		fmt.Fprintln(p.err, "fermata: changed settings count after a restart only:", err)
	}
	return app.New(o), nil
}

// localize has o tell times as this desktop does, and when somebody can read notifications.
func (p *place) localize(ctx context.Context, o *app.Outside) {
	var err error
	o.Locale, o.Away = locale.Now, presence.Watch(ctx)
	if o.Zones, err = locale.Watch(ctx); err != nil {
		fmt.Fprintln(p.err, "fermata: another time zone is noticed late:", err)
	}
}

// reloads reads the settings after each change of their file. The last good ones count.
func reloads(ctx context.Context, path string, s core.Settings) (<-chan core.Settings, error) {
	changes, err := config.Watch(ctx, path)
	if err != nil {
		return nil, err
	}
	read := make(chan core.Settings)
	go func() {
		defer close(read)
		for range changes {
			s.Config, s.Problems = s.Config.Reload(path)
			select {
			case read <- s:
			case <-ctx.Done():
			}
		}
	}()
	return read, nil
}

// maxReminders is the most that their file may have, in bytes: some hundred accounts.
const maxReminders = 64 << 10

// readReminders reads those of earlier runs. A file that is absent or garbage costs a notice that was
// shown before.
func readReminders(path string) map[string]core.Reminder {
	var reminders map[string]core.Reminder
	data, err := files.Read(path, maxReminders)
	if err != nil || json.Unmarshal(data, &reminders) != nil {
		return nil
	}
	return reminders
}

// maxPast is the most that the file of what happened may have, in bytes: 500 happenings have a third of it.
const maxPast = 256 << 10

// readPast reads what happened in earlier runs; lost says that there is something that can't be read.
func readPast(path string) (past []core.Happening, lost bool) {
	data, err := files.Read(path, maxPast)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, false
	}
	if err != nil || json.Unmarshal(data, &past) != nil {
		return nil, true
	}
	return past, false
}

// keepPast returns what writes it. Where there was one that can't be read, that is kept beside it, as
// past.json.bad: a later version may read it, or a person.
func keepPast(path string, lost bool) func([]core.Happening) error {
	return func(p []core.Happening) error {
		data, err := json.Marshal(p)
		if err != nil {
			return err
		}
		if lost {
			if err := os.Rename(path, path+".bad"); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return err
			}
			lost = false
		}
		return files.Write(path, data, 0o600)
	}
}

// transport reaches providers. It keeps no connection for long, so that idle is idle.
func transport() http.RoundTripper {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.IdleConnTimeout = 5 * time.Second
	t.MaxIdleConns = 4
	return inhibit.Transport(t)
}

// dates are the pages whose HTTP Date stands in where no time server answers: first the one whose clock
// judges the tokens.
func dates() []string {
	return []string{spotify.TokenURL, "https://www.cloudflare.com/", "https://www.google.com/", "https://www.apple.com/"}
}

// made is when this program was made, as far as it knows: it is no older than this line.
func made() time.Time {
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			if t, err := time.Parse(time.RFC3339, s.Value); s.Key == "vcs.time" && err == nil {
				return t
			}
		}
	}
	return time.Date(2026, 11, 25, 0, 0, 0, 0, time.UTC)
}

// build is what a report says of the program, and what it must not say of the computer.
func build() view.Build {
	b := view.Build{Version: fmt.Sprintf("%s, %s, %s/%s", Version, runtime.Version(), runtime.GOOS, runtime.GOARCH)}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, m := range info.Deps {
			switch m.Path {
			case "fyne.io/systray", "github.com/beevik/ntp", "golang.org/x/oauth2", "github.com/godbus/dbus/v5", "github.com/zalando/go-keyring":
				b.Modules = append(b.Modules, m.Path+" "+m.Version)
			}
		}
	}
	if home, err := os.UserHomeDir(); err == nil && len(home) > 1 {
		b.Private = []string{home, filepath.Base(home)}
	}
	return b
}

// showReport writes the report into a file of its own, for the person alone, and shows it.
func showReport(ctx context.Context, report string, open func(context.Context, string) error) error {
	f, err := os.CreateTemp("", "fermata-report-*.txt")
	if err == nil {
		_, err = f.WriteString(report)
		err = errors.Join(err, f.Close())
	}
	if err != nil {
		return fmt.Errorf("writing the report: %w", err)
	}
	return open(ctx, f.Name())
}

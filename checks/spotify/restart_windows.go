package spotify

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/windows"

	"fermata/checks"
)

const (
	wmClose = 0x0010 // winuser.h
	// maxWindows bounds the walk over the windows, whose order may change meanwhile.
	maxWindows = 10_000
)

var (
	user32           = windows.NewLazySystemDLL("user32.dll")
	procFindWindowEx = user32.NewProc("FindWindowExW")
	procPostMessage  = user32.NewProc("PostMessageW")
)

// windowsClient is the desktop app, running or not, of Spotify's installer or of the Store.
type windowsClient struct {
	winProcess
	starter string // the path of what starts it
}

func find(context.Context) (client, error) {
	p, err := mainProcess()
	if err != nil {
		return nil, fmt.Errorf("looking for Spotify: %w", err)
	}
	starters, failure := []string{installer(), alias()}, ErrNotFound
	if p != (winProcess{}) { // looked for before it quits
		starters = []string{starter(p.exe, alias())}
		failure = checks.WithHint(fmt.Errorf("%w: nothing starts it again", ErrNotFound), "Quit Spotify and start it again yourself.")
	}
	for _, path := range starters {
		if _, err := os.Lstat(path); err == nil { // an alias is a reparse point, which os.Stat does not follow
			return windowsClient{p, path}, nil
		}
	}
	return nil, failure
}

// installer is where Spotify's own installer puts the app.
func installer() string { return filepath.Join(os.Getenv("APPDATA"), "Spotify", program) }

// alias is the app execution alias of the Store's package.
func alias() string {
	return filepath.Join(os.Getenv("LOCALAPPDATA"), "Microsoft", "WindowsApps", program)
}

// starter returns what starts the app whose program is exe: for the Store's, whose folder nothing may
// be started from, its alias.
func starter(exe, alias string) string {
	if strings.Contains(strings.ToLower(exe), `\windowsapps\`) {
		return alias
	}
	return exe
}

// quit closes the app's top-level windows, as taskkill without /F does.
func (c windowsClient) quit(ctx context.Context) error {
	var window uintptr
	var refused error
	sent := 0
	for range maxWindows {
		if window, _, _ = procFindWindowEx.Call(0, window, 0, 0); window == 0 {
			break
		}
		var pid uint32
		if _, err := windows.GetWindowThreadProcessId(windows.HWND(window), &pid); err != nil || pid != c.pid {
			continue
		}
		if ok, _, err := procPostMessage.Call(window, wmClose, 0, 0); ok == 0 {
			refused = fmt.Errorf("PostMessage: %w", err)
			continue
		}
		sent++
	}
	if sent == 0 && !c.gone(ctx) {
		return errors.Join(errors.New("none of its windows took the message"), refused)
	}
	return nil
}

// start has the shell start the app, which then is a process of its own.
func (c windowsClient) start(context.Context) error {
	path, err := windows.UTF16PtrFromString(c.starter)
	if err != nil {
		return err
	}
	return windows.ShellExecute(0, nil, path, nil, nil, windows.SW_SHOWNORMAL) // nil: as a double click opens it
}

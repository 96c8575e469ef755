package app

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"fermata/checks"
	"fermata/checks/spotify"
)

// player asks the Web API with the account's own access token.
func (a *account) player() spotify.Player {
	return spotify.Player{Transport: a.set.Transport, Token: a.AccessToken}
}

// listDevices offers the account's devices, each as an action of its own, for as long as failures are
// shown.
func (a *account) listDevices(ctx context.Context) error {
	devices, err := a.player().Devices(ctx)
	if err != nil {
		return err
	}
	if len(devices) == 0 {
		return checks.WithHint(errors.New("Spotify knows of no device that is on"), "Open Spotify on a phone, a speaker or in the web player, then try again.")
	}
	var offers []checks.Action
	for i, d := range devices {
		offers = append(offers, checks.Action{
			ID:    fmt.Sprintf("%s/device-%d", a.Name(), i+1),
			Label: fmt.Sprintf("Play on %s (%s)", d.Name, deviceKind(d)),
			Do:    func(ctx context.Context) error { return a.tryDevice(ctx, d) },
		})
	}
	return a.app.send(ctx, offered{a.Name(), offers})
}

func deviceKind(d spotify.Device) string {
	kind := strings.ToLower(d.Type)
	switch {
	case d.Active:
		return kind + ", plays now"
	case d.Restricted:
		return kind + ", takes no commands"
	}
	return kind
}

// tryDevice moves playback and tells what that proves.
func (a *account) tryDevice(ctx context.Context, d spotify.Device) error {
	verdict, err := a.player().Elsewhere(ctx, d)
	if err != nil {
		return err
	}
	return a.app.send(ctx, told{Message{Title: "Another device", Body: verdict}})
}

// offered: devices can be tried.
type offered struct {
	account string
	devices []checks.Action
}

func (e offered) happen(l *loop) {
	l.devices[e.account] = offers{e.devices, l.now() + failureFor}
}

// offers are actions that are on offer for a while.
type offers struct {
	actions []checks.Action
	until   time.Duration // on Time.Elapsed
}

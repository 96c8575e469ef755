package spotify

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"fermata/checks"
)

const elsewhereTimeout = 20 * time.Second // of the move and of all looks

var errSlow = checks.WithHint(errors.New("Spotify answers too slowly"), "Try again in a few minutes.")

// Elsewhere moves playback to d, looks for some ten seconds whether it plays there, and returns what
// that proves, in a sentence. It fails, with a hint, where it proves nothing: the device is gone or
// can't be controlled, nothing is there to be played, Premium is needed, Spotify cannot be asked.
func (p Player) Elsewhere(ctx context.Context, d Device) (verdict string, err error) {
	if d.Restricted {
		return "", checks.WithHint(fmt.Errorf("%s can't be controlled", d.Name), "Press play on "+d.Name+" itself.")
	}
	ctx, cancel := context.WithTimeoutCause(ctx, elsewhereTimeout, errSlow)
	defer cancel()
	if err := p.Move(ctx, d.ID); errors.Is(err, errGone) {
		return "", p.missing(ctx, d)
	} else if err != nil {
		return "", err
	}
	host, _ := os.Hostname() // where it is not known, no device bears it
	host, _, _ = strings.Cut(host, ".")
	var last, seen playback
	// Ten seconds in all, since a speaker may have to wake up. What plays must be seen twice.
	for pause := range 4 {
		select {
		case <-time.After(time.Duration(pause+1) * time.Second):
		case <-ctx.Done():
			return "", context.Cause(ctx)
		}
		last = seen
		if seen, err = p.playback(ctx); err == nil && plays(last, seen, d) {
			return verdictOn(d, host, true), nil
		}
	}
	switch {
	case err != nil:
		return "", err
	case seen.On == nil:
		return "", checks.WithHint(fmt.Errorf("%s has nothing to play", d.Name), "Start a song in Spotify, on any device, then try again.")
	case seen.On.ID != d.ID:
		return "", checks.WithHint(fmt.Errorf("playback stayed on %s", seen.On.Name), "Press play on "+d.Name+" itself.")
	}
	return verdictOn(d, host, false), nil
}

// plays reports whether two looks, one after the other, show that it plays on d: once is not enough,
// since Spotify says so as soon as the device took the command. A song that stands still does not play.
func plays(first, second playback, d Device) bool {
	on := func(p playback) bool { return p.On != nil && p.On.ID == d.ID && p.Playing }
	return on(first) && on(second) && (first.Progress == nil || second.Progress == nil || *first.Progress != *second.Progress)
}

// verdictOn says what it proves that it plays on d, or that it does not. The desktop app calls its
// device by the computer's name, host.
func verdictOn(d Device, host string, plays bool) string {
	here := d.Type == "Computer" && strings.EqualFold(d.Name, host)
	switch {
	case here && plays:
		return "It plays on " + d.Name + ", which is this computer: nothing is wrong now."
	case here:
		return "It does not play on " + d.Name + ", which is this computer. Try another device to see whether it is the account."
	case plays:
		return "It plays on " + d.Name + ", so the problem is on this computer."
	}
	return "It does not play on " + d.Name + " either, so the problem is the account."
}

// missing says why there is no d: no device is on, or this one is not any more.
func (p Player) missing(ctx context.Context, d Device) error {
	if left, err := p.Devices(ctx); err == nil && len(left) == 0 {
		return checks.WithHint(errors.New("no device that is on was found"), "Open Spotify on a phone, a speaker or in the web player, then try again.")
	}
	return checks.WithHint(fmt.Errorf("%s is no longer there", d.Name), "Open Spotify on it, then try again.")
}

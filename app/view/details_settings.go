package view

import (
	"fmt"
	"strings"
	"time"
)

// DetailsSettings are the settings that a person changes often, as the settings file has them.
type DetailsSettings struct {
	File      bool // there is a file that can be changed
	Tolerance string
	Servers   []string
	Session   string
	Grant     []string
	Accounts  []DetailsSetting
	Buttons   []DetailsButton
}

// DetailsSetting are an account's settings.
type DetailsSetting struct{ Name, Provider, ClientID, Renew string }

func (w words) detailsSettings() DetailsSettings {
	set := w.State.Settings
	d := DetailsSettings{
		File: set.File && len(set.Problems) == 0, Tolerance: plain(set.Clock.Tolerance), Servers: set.Clock.Servers, Session: plain(set.Notify.Session),
		Buttons: w.detailsButtons("app/start-at-login", "app/pause", "app/settings"),
	}
	for _, g := range set.Notify.Grant {
		d.Grant = append(d.Grant, plain(g))
	}
	for _, a := range set.Accounts {
		d.Accounts = append(d.Accounts, DetailsSetting{a.Name, a.Provider, a.ClientID, a.Renew})
	}
	return d
}

// plain writes a duration as the settings file has it: "2s", "30m", "7d".
func plain(d time.Duration) string {
	const day = 24 * time.Hour
	if d >= day && d%day == 0 {
		return fmt.Sprintf("%dd", d/day)
	}
	s := d.String()
	for _, nought := range []string{"m0s", "h0m"} {
		if strings.HasSuffix(s, nought) {
			s = strings.TrimSuffix(s, nought[1:])
		}
	}
	return s
}

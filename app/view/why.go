package view

import (
	"fmt"
	"slices"
	"strings"

	"fermata/app/core"
	"fermata/checks/cause"
	"fermata/checks/text"
)

// DetailsReason is one of the causes for which sessions end, with what is true of this computer now.
type DetailsReason struct{ Title, Says, Now string }

// reasons are all of them, from the one table.
func (w words) reasons() []DetailsReason {
	var all []DetailsReason
	for _, r := range cause.Sessions.Reasons {
		d := DetailsReason{Title: r.Title, Says: r.Text, Now: "Not known: no account is connected."}
		var now []string
		for i := range w.Accounts {
			now = append(now, w.reasonNow(r.ID, &w.Accounts[i]))
		}
		if len(now) > 0 {
			d.Now = strings.Join(now, " ")
		}
		if r.ID == "clock" {
			d.Now = text.Sentence(w.clockLine())
		}
		all = append(all, d)
	}
	return all
}

// reasonNow says how far one of the reasons is true of an account.
func (w words) reasonNow(reason string, a *core.Account) string {
	has := func(ids ...string) bool {
		return slices.ContainsFunc(w.Causes, func(c core.Cause) bool { return c.Account == a.Name && slices.Contains(ids, c.ID) })
	}
	name := heading(a)
	switch {
	case !a.Seen:
		return fmt.Sprintf("%s: Fermata is still looking.", name)
	case reason == "expired":
		return fmt.Sprintf("%s: %s.", name, text.Lower(w.sessionLine(a)))
	case reason == "six-months" && a.Facts.GrantUntil.IsZero():
		return fmt.Sprintf("%s: not known.", name)
	case reason == "six-months":
		return fmt.Sprintf("%s: the sign-in lasts until %s.", name, w.style.FullDate(a.Facts.GrantUntil, w.now))
	case reason == "signed-out" && has("revoked", "signed-out", "ended-early", "not-signed-in"):
		return fmt.Sprintf("%s: this is so now.", name)
	case reason == "permissions" && has("scopes", "revoked"):
		return fmt.Sprintf("%s: this may be so now.", name)
	case a.Facts.LastGood.IsZero():
		return fmt.Sprintf("%s: not known yet.", name)
	}
	return fmt.Sprintf("%s: no sign of it; Spotify accepted the sign-in at %s.", name, w.style.TimeOfDay(a.Facts.LastGood, w.now))
}

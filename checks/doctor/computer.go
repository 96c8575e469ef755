package doctor

import (
	"context"
	"net/netip"
	"slices"
	"strings"

	"fermata/checks/text"
)

const (
	maxHosts = 4 << 20 // bytes of a hosts file: lists of advertisers that are kept in it have 2 MB
	maxLines = 10      // that are told
)

// app looks for the desktop app. That there is none, or that it does not run, is no fault.
func (o outside) app(ctx context.Context) Facts {
	a, err := o.App(ctx)
	f := Facts{Outcome: Fine, Installed: a.Installed, Running: a.Running, Since: a.Since, Install: a.Install}
	if err != nil {
		f.Outcome, f.Fault, f.Said = Unknown, Unreadable, said(err.Error())
	}
	return f
}

// links asks who opens spotify: links. That nobody does is no fault where there is no desktop app.
func (o outside) links(ctx context.Context) Facts {
	handler, err := o.Links(ctx)
	if err != nil {
		return Facts{Fault: Unreadable, Said: said(err.Error())}
	}
	return Facts{Outcome: Fine, Handler: text.Line(handler, 80)}
}

// hosts reads the lines of the hosts file that name Spotify's hosts. Lists against advertisers name some
// that are no loss; those in the way are Wrong.
func (o outside) hosts(context.Context) Facts {
	data, err := o.Hosts()
	if err != nil {
		return Facts{Fault: Unreadable, Said: said(err.Error())}
	}
	f := Facts{Outcome: Fine}
	for line := range strings.Lines(string(data)) {
		line, _, _ = strings.Cut(line, "#")
		words := strings.Fields(line)
		if len(words) < 2 || !slices.ContainsFunc(words[1:], isSpotify) {
			continue
		}
		if _, err := netip.ParseAddr(words[0]); err != nil {
			continue
		}
		harms := slices.ContainsFunc(words[1:], needed)
		if harms {
			f.Outcome, f.Fault = Wrong, Blocked
		}
		if line := text.Line(line, maxSaid); harms {
			f.Lines = slices.Insert(f.Lines, 0, line)
		} else {
			f.Lines = append(f.Lines, line)
		}
	}
	f.Lines = f.Lines[:min(len(f.Lines), maxLines)]
	return f
}

func isSpotify(host string) bool {
	host = strings.ToLower(host)
	return host == "spotify.com" || strings.HasSuffix(host, ".spotify.com")
}

// needed reports whether nothing plays without that host: those that are asked here, and what the players
// sign in and fetch songs with.
func needed(host string) bool {
	host = strings.ToLower(host)
	if slices.Contains(spotifyHosts, host) || host == "spotify.com" {
		return true
	}
	if !isSpotify(host) {
		return false
	}
	first, _, _ := strings.Cut(host, ".")
	for _, name := range []string{"www", "login5", "spclient", "gew", "guc", "ap", "dealer", "clienttoken"} {
		if first == name || strings.HasPrefix(first, name+"-") || strings.HasPrefix(first, name) && strings.Contains(first, "spclient") {
			return true
		}
	}
	return false
}

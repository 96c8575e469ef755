package view

import (
	"errors"
	"fmt"
	"hash/fnv"
	"strings"
	"time"
	"unicode/utf8"
)

// ErrNoEnd says that no sign-in that is meant has an end that is known.
var ErrNoEnd = errors.New("the end of the sign-in is not known")

// Calendar returns the ends of the sign-ins as a calendar file with reminders 30 and 7 days ahead (RFC 5545):
// of one account, or of all for "". now is true time. An event of the same sign-in replaces the one before.
func Calendar(s Status, account string, now time.Time) (string, error) {
	var b strings.Builder
	line := func(name, value string) { b.WriteString(fold(name + ":" + value)) }
	line("BEGIN", "VCALENDAR")
	line("VERSION", "2.0")
	line("PRODID", "-//Fermata//Fermata//EN")
	found := false
	for _, a := range s.Accounts {
		if a.GrantUntil == nil || account != "" && a.Name != account {
			continue
		}
		found = true
		who := a.Name
		if a.User != "" {
			who = a.User
		}
		title := fmt.Sprintf("Sign in again: the sign-in of %s expires", who)
		about := "Sign in again with Fermata before this, today as well as on the last day."
		if a.GrantEstimated {
			about += " This is the latest that it can be."
		}
		id := fnv.New64a()
		fmt.Fprint(id, a.Name)
		line("BEGIN", "VEVENT")
		line("UID", fmt.Sprintf("%016x@fermata", id.Sum64()))
		line("DTSTAMP", now.UTC().Format(icsTime))
		// A calendar takes over what has a higher number: a later sign-in has a later end.
		line("SEQUENCE", fmt.Sprint(a.GrantUntil.Unix()/60%(1<<31)))
		line("DTSTART", a.GrantUntil.UTC().Format(icsTime))
		line("SUMMARY", escape(title))
		line("DESCRIPTION", escape(about))
		line("TRANSP", "TRANSPARENT")
		for _, days := range []int{30, 7} {
			line("BEGIN", "VALARM")
			line("ACTION", "DISPLAY")
			line("TRIGGER", fmt.Sprintf("-P%dD", days))
			line("DESCRIPTION", escape(fmt.Sprintf("The sign-in of %s expires in %d days", who, days)))
			line("END", "VALARM")
		}
		line("END", "VEVENT")
	}
	line("END", "VCALENDAR")
	if !found {
		return "", ErrNoEnd
	}
	return b.String(), nil
}

const icsTime = "20060102T150405Z"

// escape writes a text as section 3.3.11 of RFC 5545 has it.
func escape(s string) string {
	return strings.NewReplacer(`\`, `\\`, ";", `\;`, ",", `\,`, "\r\n", `\n`, "\n", `\n`, "\r", `\n`).Replace(s)
}

// maxICSLine is how many bytes a line has at most, without its end (section 3.1).
const maxICSLine = 75

// fold ends a line, and breaks one that is too long, between characters.
func fold(line string) string {
	var b strings.Builder
	n := 0
	for _, r := range line {
		size := utf8.RuneLen(r)
		if n+size > maxICSLine {
			b.WriteString("\r\n ")
			n = 1
		}
		b.WriteRune(r)
		n += size
	}
	return b.String() + "\r\n"
}

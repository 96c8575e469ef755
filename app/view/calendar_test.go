package view_test

import (
	"errors"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"fermata/app/view"
)

func TestCalendar(t *testing.T) {
	end := noon.AddDate(0, 5, 0).In(time.FixedZone("", 3600))
	s := view.Status{Accounts: []view.AccountStatus{
		{Name: "spotify", User: "Jane; Doe, \\ the\nfirst " + strings.Repeat("ü", 60), GrantUntil: &end, GrantEstimated: true},
		{Name: "bot", GrantUntil: &end}, {Name: "old"},
	}}
	got, err := view.Calendar(s, "bot", noon)
	const want = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Fermata//Fermata//EN\r\nBEGIN:VEVENT\r\nUID:004d32191349ebbe@fermata\r\nDTSTAMP:20261120T120000Z\r\nSEQUENCE:30137040\r\n" +
		"DTSTART:20270420T120000Z\r\nSUMMARY:Sign in again: the sign-in of bot expires\r\nDESCRIPTION:Sign in again with Fermata before this\\, today as well as on th\r\n e last day.\r\n" +
		"TRANSP:TRANSPARENT\r\nBEGIN:VALARM\r\nACTION:DISPLAY\r\nTRIGGER:-P30D\r\nDESCRIPTION:The sign-in of bot expires in 30 days\r\nEND:VALARM\r\n" +
		"BEGIN:VALARM\r\nACTION:DISPLAY\r\nTRIGGER:-P7D\r\nDESCRIPTION:The sign-in of bot expires in 7 days\r\nEND:VALARM\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
	if err != nil || got != want {
		t.Errorf("%v\ngot\n%q\nwant\n%q", err, got, want)
	}
	got, err = view.Calendar(s, "", noon)
	if err != nil || strings.Count(got, "BEGIN:VEVENT") != 2 {
		t.Errorf("of all: %v\n%s", err, got)
	}
	for line := range strings.SplitSeq(got, "\r\n") {
		if len(line) > 75 || !utf8.ValidString(line) || strings.ContainsAny(line, "\r\n") {
			t.Errorf("the line %q", line)
		}
	}
	whole := strings.ReplaceAll(got, "\r\n ", "")
	if !strings.Contains(whole, `SUMMARY:Sign in again: the sign-in of Jane\; Doe\, \\ the\nfirst `+strings.Repeat("ü", 60)+" expires\r\n") || !strings.Contains(whole, "the latest that it can be") {
		t.Errorf("unfolded: %s", whole)
	}
	for _, name := range []string{"old", "nobody"} {
		if _, err := view.Calendar(s, name, noon); !errors.Is(err, view.ErrNoEnd) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

package config

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

const day = 24 * time.Hour

// byteOrderMark is what Windows' Notepad once began each file with, and what TOML does not know.
var byteOrderMark = []byte("\ufeff")

// parse reads the settings in data. See Config.Reload for what it makes of wrong ones.
func parse(data []byte, last Config) (Config, []Problem) {
	doc, err := newDocument(bytes.TrimPrefix(data, byteOrderMark))
	if err != nil {
		p, _ := errors.AsType[Problem](err)
		return last, []Problem{p}
	}
	var problems []Problem
	c := Default()

	clock := doc.section("clock", &problems)
	readList(clock, "servers", &c.Clock.Servers, last.Clock.Servers, 1, server)
	read(clock, "tolerance", &c.Clock.Tolerance, last.Clock.Tolerance, between(10*time.Millisecond, time.Hour))
	read(clock, "interval", &c.Clock.Interval, last.Clock.Interval, between(time.Minute, 7*day))
	clock.done()

	notify := doc.section("notify", &problems)
	read(notify, "session", &c.Notify.Session, last.Notify.Session, between(10*time.Second, day))
	readList(notify, "grant", &c.Notify.Grant, last.Notify.Grant, 0, between(time.Minute, 3650*day))
	c.Notify.Grant = slices.SortedFunc(slices.Values(c.Notify.Grant), func(a, b time.Duration) int { return cmp.Compare(b, a) })
	notify.done()

	secrets := doc.section("secrets", &problems)
	read(secrets, "store", &c.Secrets.Store, last.Secrets.Store, oneOf("keyring", "file"))
	secrets.done()

	c.Accounts = doc.accounts(last, &problems)

	sections := []string{"clock", "notify", "secrets", "account"}
	for _, name := range slices.Sorted(maps.Keys(doc.values)) {
		if !slices.Contains(sections, name) {
			doc.complain(&problems, name, fmt.Sprintf("%s: %v", bare(name), unknown(name, sections)))
		}
	}
	return c, problems
}

// between returns a parser of durations from low to high, both included.
func between(low, high time.Duration) func(any) (time.Duration, error) {
	return func(v any) (time.Duration, error) {
		text, ok := v.(string)
		d, err := duration(text)
		switch {
		case !ok || err != nil:
			return 0, expected(`a duration such as "2s", "30m" or "7d"`, v)
		case d < low:
			return 0, expected("at least "+plain(low), v)
		case d > high:
			return 0, expected("at most "+plain(high), v)
		}
		return d, nil
	}
}

// duration is time.ParseDuration with whole days in front: "7d", "1d12h".
func duration(text string) (time.Duration, error) {
	days, rest, ok := strings.Cut(text, "d")
	if !ok {
		return time.ParseDuration(text)
	}
	n, err := strconv.ParseUint(days, 10, 16)
	if err != nil {
		return 0, err
	}
	d := time.Duration(n) * day
	if rest == "" {
		return d, nil
	}
	more, err := time.ParseDuration(rest)
	if err == nil && (more < 0 || more >= day) {
		err = errors.New("a day has 24 hours")
	}
	return d + more, err
}

// plain writes a limit as a person would: "1h", not "1h0m0s".
func plain(d time.Duration) string {
	if d > day && d%day == 0 {
		return strconv.Itoa(int(d/day)) + "d"
	}
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}

// oneOf returns a parser of one of a few words.
func oneOf(words ...string) func(any) (string, error) {
	return func(v any) (string, error) {
		if s, ok := v.(string); ok && slices.Contains(words, s) {
			return s, nil
		}
		return "", expected(`"`+strings.Join(words, `" or "`)+`"`, v)
	}
}

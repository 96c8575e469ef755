package programs

import (
	"iter"
	"slices"
	"time"
)

// A List is what a look found, which never changes. A file takes some 64 bytes in it beside its path: a thousand
// of them must not make a small program large.
type List struct {
	entries []entry
	words   []string      // programs, and why files are unreadable
	logins  []string      // commands, by words
	paths   string        // of all files, as a person reads them
	zero    time.Time     // true time less Clock.Elapsed
	ahead   time.Duration // how far this computer's clock was ahead of true time
	late    bool          // the files did not answer since
}

// An entry is one file, or one of several programs in it.
type entry struct {
	file    uint64        // its hash: see fileOf
	access  uint64        // the access token's mark
	refresh uint64        // the refresh token's
	end     time.Duration // of the access token, on Clock.Elapsed
	fileEnd int64         // the same as the file has it, in Unix seconds
	first   int64         // when the refresh token is known to have been there: Unix seconds in true time
	life    uint32        // of the sign-in from then on, in seconds; 0: no end is known
	path    uint32        // where in paths it begins
	length  uint16        // of it
	name    uint16        // in words
	reason  uint16        // in words
	flags   flag
}

type flag uint8

const (
	hasEnd   flag = 1 << iota
	signedIn      // a refresh token or stored credentials
	writing
	unreadable
	unsaved // first was told by a clock that was not known to be right
)

// Len is how many there are.
func (l *List) Len() int {
	if l == nil {
		return 0
	}
	return len(l.entries)
}

// All are the programs as they are at a moment, in true time.
func (l *List) All(now time.Time) iter.Seq[Program] {
	return func(yield func(Program) bool) {
		if l == nil {
			return
		}
		for _, e := range l.entries {
			if !yield(l.program(e, now)) {
				return
			}
		}
	}
}

func (l *List) program(e entry, now time.Time) Program {
	p := Program{Name: l.words[e.name], File: l.paths[e.path : e.path+uint32(e.length)], Login: l.logins[e.name]}
	switch {
	case l.late:
		p.State, p.Reason = Unreadable, "no answer in time"
		return p
	case e.flags&writing != 0:
		p.State = Writing
		return p
	case e.flags&unreadable != 0:
		p.State, p.Reason = Unreadable, l.words[e.reason]
		return p
	}
	p.SignedIn = e.flags&signedIn != 0
	if e.life > 0 {
		p.GrantUntil, p.Estimated = time.Unix(e.first, 0).Add(time.Duration(e.life)*time.Second), true
	}
	if e.flags&hasEnd != 0 {
		until := l.zero.Add(e.end)
		p.State = stateOf(until.Sub(now), time.Unix(e.fileEnd, 0).Sub(now.Add(l.ahead)))
		// Rounded: the clocks are read one after another, and 15:04 must not become 15:03.
		p.Until, p.FileUntil = until.Round(time.Second).Local(), time.Unix(e.fileEnd, 0)
	}
	return p
}

// stateOf compares how long the token is good in true time, and by the clock that the program sees.
func stateOf(left, byFile time.Duration) State {
	const slack = time.Minute
	switch {
	case left > slack && byFile <= 0:
		return ValidLooksEnded
	case left > 0:
		return Valid
	case byFile > slack:
		return EndedLooksValid
	}
	return Ended
}

// files are the entries by file.
func (l *List) files() map[uint64]entry {
	all := map[uint64]entry{}
	if l != nil {
		for _, e := range l.entries {
			all[e.file] = e
		}
	}
	return all
}

// word returns where in words a text stands.
func (l *List) word(text, login string) uint16 {
	for i, w := range l.words {
		if w == text && l.logins[i] == login {
			return uint16(i)
		}
	}
	if len(l.words) == 1<<16-1 {
		return 0
	}
	l.words, l.logins = append(l.words, text), append(l.logins, login)
	return uint16(len(l.words) - 1)
}

// trim gives back what appending took too much.
func (l *List) trim() { l.entries = slices.Clip(slices.Clone(l.entries)) }

// ListOf makes a List of programs whose file has only these in it, for tests of those who show one.
func ListOf(all ...Program) *List {
	l := &List{}
	for _, p := range all {
		l.entries = append(l.entries, entry{name: l.word(p.Name, p.Login)})
	}
	return l
}

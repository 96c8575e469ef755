package programs

import (
	"crypto/sha256"
	"time"

	"fermata/checks/programs/tokenfile"
)

// held is what is remembered of a file, in memory only, so that a clock step neither ends nor
// prolongs what was seen before it. Times are Clock.Elapsed's.
type held struct {
	name    string // of the program
	access  mark
	end     time.Duration // of the access token, where it has one
	refresh mark
	since   time.Duration // when the refresh token is known to have been there
}

// A mark tells one secret from another and gives neither away.
type mark [16]byte

func markOf(s tokenfile.Secret) mark {
	sum := sha256.Sum256([]byte(s))
	return mark(sum[:16])
}

// far bounds the times that a file can claim, so that none overflows.
const far = 100 * 365 * 24 * time.Hour

// judge returns what r shows, and when that changes by itself, from now.
func (c *Check) judge(r reading) (Program, time.Duration) {
	p := Program{Name: r.program, File: show(r.path, c.home)}
	if p.Name == "" {
		p.Name = c.programOf(r)
	}
	switch {
	case r.err == tokenfile.ErrCut && time.Since(r.modified).Abs() < time.Minute:
		p.State = Writing
		return p, soon
	case r.err != nil:
		p.State, p.Reason = Unreadable, reason(r.err)
		return p, regular
	}
	now, elapsed := c.clock.Now(), c.clock.Elapsed()
	h := c.remember(r, p.Name, now, elapsed)
	p.SignedIn = r.token.SignIn
	if r.token.Refresh != "" && c.life > 0 {
		p.GrantUntil = now.Add(h.since + c.life - elapsed).Round(time.Second).Local()
		p.Estimated = true
	}
	if r.token.End.IsZero() {
		return p, regular
	}
	left := h.end - elapsed
	// Rounded: the clocks are read one after another, and 15:04 must not become 15:03.
	p.Until, p.FileUntil = now.Add(left).Round(time.Second).Local(), r.token.End.Local()
	p.State = stateOf(left, time.Until(r.token.End))
	if left > 0 {
		return p, left + time.Second
	}
	return p, regular
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

// remember notes what the file holds and returns it together with what was noted before.
func (c *Check) remember(r reading, name string, now time.Time, elapsed time.Duration) held {
	h, ok := c.held[r.path]
	access, refresh := markOf(r.token.Access), markOf(r.token.Refresh)
	if !ok || h.refresh != refresh {
		// The file was last written with this token in it. A clock that was set since then makes its age
		// wrong; the lesser one keeps the bound an upper one.
		age := max(0, min(time.Since(r.modified), now.Sub(r.modified)))
		h.refresh, h.since = refresh, elapsed-age
	}
	if !ok || h.access != access {
		// The program counted by this computer's clock, so a constant error of it cancels out.
		left := min(max(time.Until(r.token.End), -far), far)
		if r.token.Life > 0 {
			left = min(left, r.token.Life)
		}
		h.access, h.end = access, elapsed+left
	}
	h.name = name
	c.held[r.path] = h
	return h
}

// programOf names a file that no program's own place gives a name to: by its form, or by the form
// that it had.
func (c *Check) programOf(r reading) string {
	switch {
	case r.err != nil:
		return c.held[r.path].name
	case r.token.Form == tokenfile.Go:
		return "a Go program"
	case r.token.Form == tokenfile.Reply:
		return "a program"
	}
	return r.token.Form.String()
}

package programs

import (
	"hash/maphash"
	"math"
	"strings"
	"time"

	"fermata/checks/programs/tokenfile"
)

// far bounds the times that a file can claim, so that none overflows.
const far = 100 * 365 * 24 * time.Hour

// seed hashes paths, for this run alone.
var seed = maphash.MakeSeed()

// fileOf tells a file and a program in it from all others.
func fileOf(path, label string) uint64 { return maphash.String(seed, path+"\x00"+label) }

// judge makes the list of what a scan read, and returns when that changes by itself, from now; 0: it does not.
func (c *Check) judge(got scanned) (next time.Duration) {
	now, elapsed := c.clock.Now(), c.clock.Elapsed()
	before := c.list.files()
	list := &List{zero: now.Add(-elapsed), ahead: time.Since(now)}
	if !got.watched {
		next = regular
	}
	sooner := func(d time.Duration) {
		if next == 0 || d < next {
			next = d
		}
	}
	if c.list != nil { // what was known of true time may have changed since
		moved := int64(list.zero.Sub(c.list.zero).Seconds())
		for file, e := range before {
			if e.flags&unsaved != 0 {
				e.first += moved
				before[file] = e
			}
		}
	}
	var paths strings.Builder
	for _, r := range got.readings {
		e := entry{file: fileOf(r.path, r.token.Label), path: uint32(paths.Len())}
		old, known := before[e.file]
		path := show(r.path, c.home)
		e.length = uint16(len(path))
		paths.WriteString(path)
		name := r.program
		if name == "" && r.err != nil && known {
			name = c.list.words[old.name]
		} else if name == "" {
			name = programOf(r.token.Form)
		}
		if r.token.Label != "" && r.err == nil {
			name += " (" + r.token.Label + ")"
		}
		e.name = list.word(name, r.login)
		switch {
		case r.err != nil:
			kept := e
			if e = old; !known {
				e = kept
			}
			e.path, e.length, e.name, e.flags = kept.path, kept.length, kept.name, e.flags&^writing|unreadable
			if e.reason = list.word(reason(r.err), ""); r.isWriting() {
				e.flags |= writing
				sooner(soon)
			}
		default:
			c.fill(&e, r, old, known, now, elapsed)
		}
		list.entries = append(list.entries, e)
	}
	if !c.sights.keep(list, c.clock.Known()) {
		sooner(regular)
	}
	list.paths = paths.String()
	list.trim()
	c.list = list
	return next
}

// fill notes what the file holds, and what was noted of it before.
func (c *Check) fill(e *entry, r reading, old entry, known bool, now time.Time, elapsed time.Duration) {
	e.access, e.refresh = c.sights.mark(r.token.Access), c.sights.mark(r.token.Refresh)
	if r.token.SignIn {
		e.flags |= signedIn
	}
	if !r.token.End.IsZero() {
		e.flags |= hasEnd
		e.fileEnd = r.token.End.Unix()
	}
	if e.end = old.end; !known || old.access != e.access || old.flags&hasEnd != e.flags&hasEnd || old.fileEnd != e.fileEnd {
		// The program counted by this computer's clock, so a constant error of it cancels out.
		left := min(max(time.Until(r.token.End), -far), far)
		if r.token.Life > 0 {
			left = min(left, r.token.Life)
		}
		e.end = elapsed + left
	}
	life := c.life
	if r.elsewhere && !strings.EqualFold(r.token.Label, "spotify") {
		life = 0
	}
	if r.token.RefreshLife > 0 {
		life = r.token.RefreshLife
	}
	if r.token.Refresh == "" || life <= 0 || life > math.MaxUint32*time.Second {
		return
	}
	e.life = uint32(life / time.Second)
	if known && old.refresh == e.refresh && old.life > 0 {
		e.first, e.flags = old.first, e.flags|old.flags&unsaved
		return
	}
	// The file was last written with this token in it, and an access token came with it. A clock that was set since
	// then makes its age wrong; the lesser one keeps the bound an upper one.
	age := max(0, min(time.Since(r.modified), now.Sub(r.modified)))
	e.first = now.Add(-age).Unix()
	if at := r.token.End.Unix(); !r.token.End.IsZero() && at > 0 {
		e.first = min(e.first, at)
	}
	e.flags |= unsaved
}

// programOf names a file that no place gives a name to, by its form.
func programOf(f tokenfile.Form) string {
	switch f {
	case tokenfile.Go:
		return "a Go program"
	case tokenfile.Reply:
		return "a program"
	}
	return f.String()
}

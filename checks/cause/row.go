package cause

import (
	"cmp"
	"slices"

	"fermata/checks"
)

// A row is one cause: the clues that speak for it, and what is said of it. For what stands in its texts
// after a % see named.
type row struct {
	id      string
	group   group
	clues   []clue
	say     func(e Evidence) said
	about   string
	fixes   func(e Evidence) []Fix
	because string // why what is not in fixes can't help, as Cause.NoHelp has it
}

// said is what a row says of a piece of evidence.
type said struct {
	level      checks.Level
	title, why string
}

// Rows of one group explain the same thing, so only the strongest of them is told.
type group string

const (
	alone   group = ""
	reply   group = "reply"   // explains the session's trouble
	keyring group = "keyring" // explains what became of the sign-in on this computer
	signIn  group = "sign-in" // explains why a sign-in in the browser came to nothing
)

// A clue adds weight percent where seen returns the words for what it saw.
type clue struct {
	weight int
	seen   func(e Evidence) string
}

// weigh adds up the clues.
func (r row) weigh(e Evidence) Cause {
	c := Cause{ID: r.id}
	weights := map[string]int{}
	for _, q := range r.clues {
		words := q.seen(e)
		if words == "" {
			continue
		}
		c.Confidence = min(c.Confidence+q.weight, 100)
		if weights[words] == 0 {
			c.Evidence = append(c.Evidence, words)
		}
		weights[words] += q.weight
	}
	slices.SortStableFunc(c.Evidence, func(a, b string) int { return weights[b] - weights[a] })
	return c
}

// describe fills in what is said of c. No fix is offered that can't help anybody now.
func (r row) describe(e Evidence, c *Cause) {
	s := r.say(e)
	c.Level, c.Title, c.Why, c.About = s.level, named(s.title, e), named(s.why, e), named(r.about, e)
	c.Fixes = slices.DeleteFunc(r.fixes(e), func(f Fix) bool { return e.noHelp(f) != "" })
	c.NoHelp = map[Fix]string{}
	for _, f := range Fixes {
		if !slices.Contains(c.Fixes, f) {
			c.NoHelp[f] = named(cmp.Or(e.noHelp(f), r.because), e)
		}
	}
}

// try offers these fixes, the likeliest first.
func try(fixes ...Fix) func(Evidence) []Fix {
	return func(Evidence) []Fix { return slices.Clone(fixes) }
}

// noHelp is why a fix can't help, whatever the cause; "" if it may.
func (e Evidence) noHelp(f Fix) string {
	switch {
	case f == Clock && e.clockRight():
		return "won’t help: your clock is right"
	case f == Refresh && e.Session.SignedIn && !e.Session.Renewable:
		return "won’t help: this session can’t be renewed"
	}
	return ""
}

// rows is every cause that Fermata knows, in the order in which they are to be mended: what stands in
// the way of the others comes first. The strings of provider replies are hints, never enough alone
// where another cause gives the same string.
var rows = slices.Concat(clockRows, keyringRows, networkRows, serviceRows, clientRows, grantRows, accessRows, sessionRows, userRows, endRows)

func rank(id string) int {
	i := slices.IndexFunc(rows, func(r row) bool { return r.id == id })
	if i < 0 {
		return len(rows)
	}
	return i
}

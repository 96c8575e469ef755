package view

import (
	"fmt"
	"html"
	"math"
	"strings"
	"time"

	"fermata/checks/clock"
	"fermata/checks/text"
)

// A chart is an SVG image as text, to stand in a page. Its figures are in percent of its width, so that it
// fits every screen while its letters keep their size; what it looks like is the style sheet's.
type chart struct{ strings.Builder }

// newChart begins a chart of so many pixels in height; says tells it to those who can't see it.
func newChart(class, says string, height int) *chart {
	c := &chart{}
	c.add(`<svg class="%s" role="img" aria-label="%s" width="100%%" height="%d">`, class, html.EscapeString(says), height)
	return c
}

func (c *chart) add(format string, args ...any) { fmt.Fprintf(&c.Builder, format, args...) }

func (c *chart) end() string {
	c.WriteString("</svg>")
	return c.String()
}

// A period is a stretch of time that a chart shows.
type period struct{ from, to time.Time }

// at is where in the period a moment is, in percent.
func (p period) at(t time.Time) float64 {
	return math.Round(10000*float64(t.Sub(p.from))/float64(p.to.Sub(p.from))) / 100
}

func (p period) has(t time.Time) bool { return !t.Before(p.from) && !t.After(p.to) }

// bar draws a lifetime: what is left of it is filled, the warnings are ticks, and a triangle points to now.
func bar(life period, now time.Time, warnings []time.Time, says string) string {
	c := newChart("bar", says, 28)
	gone := min(max(life.at(now), 0), 100)
	c.add(`<rect class="gone" y="10" width="100%%" height="10" rx="5"/>`)
	c.add(`<rect class="left" x="%v%%" y="10" width="%.2f%%" height="10" rx="5"/>`, gone, 100-gone)
	for _, w := range warnings {
		if life.has(w) {
			c.add(`<line class="warning" x1="%[1]v%%" x2="%[1]v%%" y1="7" y2="26"/>`, life.at(w))
		}
	}
	c.add(`<svg class="now" x="%v%%" overflow="visible"><path d="M-6 0h12L0 9z"/></svg>`, gone)
	return c.end()
}

// The clock's chart has a scale that grows tenfold from line to line, so that milliseconds and hours are
// both seen. It is straight around nought.
const (
	clockHeight = 180
	clockMiddle = clockHeight/2 - 8 // below are the times
	clockHalf   = clockMiddle - 6
	chartWidth  = 1000
)

// clockChart draws the offsets of a period with their error bounds. Up is ahead of true time.
func clockChart(p period, measured []clock.Measured, tolerance time.Duration, every time.Duration, label func(time.Time) string, says string) string {
	most := tolerance * 3 / 2
	for _, m := range measured {
		if p.has(m.At) {
			most = max(most, m.Offset.Abs()+m.Error)
		}
	}
	y := func(offset time.Duration) float64 {
		grown := math.Log10(1+float64(offset.Abs())/float64(time.Millisecond)) / math.Log10(1+float64(most)/float64(time.Millisecond))
		return math.Round(10*(clockMiddle+math.Copysign(grown, float64(offset))*clockHalf)) / 10
	}
	c := newChart("clock", says, clockHeight)
	for line := time.Millisecond; line <= most; line *= 10 {
		c.add(`<line class="grid" x2="100%%" y1="%[1]v" y2="%[1]v"/><line class="grid" x2="100%%" y1="%[2]v" y2="%[2]v"/>`, y(line), y(-line))
	}
	c.add(`<line class="axis" x2="100%%" y1="%[1]v" y2="%[1]v"/>`, y(0))
	for _, t := range []time.Duration{tolerance, -tolerance} {
		c.add(`<line class="tolerance" x2="100%%" y1="%[1]v" y2="%[1]v"/>`, y(t))
	}
	c.add(`<svg width="100%%" height="%d" viewBox="0 0 %d %d" preserveAspectRatio="none">`, clockHeight, chartWidth, clockHeight)
	for _, run := range runs(p, measured) {
		var up, down, line []string
		for _, m := range run {
			x := p.at(m.At) * chartWidth / 100
			line = append(line, fmt.Sprintf("%.1f,%v", x, y(m.Offset)))
			up = append(up, fmt.Sprintf("%.1f,%v", x, y(m.Offset-m.Error)))
			down = append([]string{fmt.Sprintf("%.1f,%v", x, y(m.Offset+m.Error))}, down...)
		}
		c.add(`<polygon class="band" points="%s"/>`, strings.Join(append(up, down...), " "))
		c.add(`<polyline class="offset" points="%s"/>`, strings.Join(line, " "))
	}
	c.WriteString("</svg>")
	for _, run := range runs(p, measured) {
		if m := run[0]; len(run) == 1 {
			c.add(`<line class="band" x1="%[1]v%%" x2="%[1]v%%" y1="%[2]v" y2="%[3]v"/><circle class="offset" cx="%[1]v%%" cy="%[4]v" r="3"/>`,
				p.at(m.At), y(m.Offset-m.Error), y(m.Offset+m.Error), y(m.Offset))
		}
	}
	for _, s := range steps(measured) {
		if p.has(s.at) {
			c.add(`<line class="step" x1="%[1]v%%" x2="%[1]v%%" y1="0" y2="%[2]d"/>`, p.at(s.at), 2*clockMiddle)
		}
	}
	c.label(0, y(-tolerance)+12, "start", clock.Ahead(-tolerance))
	c.label(0, y(tolerance)-4, "start", clock.Ahead(tolerance))
	c.label(100, y(0)-3, "end", "exact")
	for t := firstMark(p, every); !t.After(p.to); t = t.Add(every) {
		if x := p.at(t); x > 6 && x < 94 {
			c.label(x, clockHeight-4, "middle", label(t))
		}
	}
	return c.end()
}

func (c *chart) label(x, y float64, anchor, says string) {
	c.add(`<text x="%v%%" y="%v" text-anchor="%s">%s</text>`, x, y, anchor, html.EscapeString(says))
}

// firstMark is the first moment of a period that is a whole number of steps from midnight in its zone.
func firstMark(p period, every time.Duration) time.Time {
	year, month, day := p.from.Date()
	t := time.Date(year, month, day, 0, 0, 0, 0, p.from.Location())
	for t.Before(p.from) {
		t = t.Add(every)
	}
	return t
}

// longestGap is how long after a measurement the next still belongs to it: twice the hour between them, and
// a little.
const longestGap = 2*time.Hour + 10*time.Minute

// runs are the measurements of a period, parted where the computer was off, asleep or without a network for
// long, and where the clock was set: nobody knows how it went between.
func runs(p period, measured []clock.Measured) [][]clock.Measured {
	var all [][]clock.Measured
	for i, m := range measured {
		if !p.has(m.At) {
			continue
		}
		if len(all) == 0 || m.At.Sub(measured[i-1].At) > longestGap || stepped(measured[i-1], m) {
			all = append(all, nil)
		}
		all[len(all)-1] = append(all[len(all)-1], m)
	}
	return all
}

// A step is a moment at which the clock was set, as two measurements show it.
type step struct {
	at time.Time     // when it was first seen
	by time.Duration // positive: forward
}

// maxDrift is how fast a clock that nobody sets may go wrong: the kernel slews by 500 ppm at most.
const maxDrift = 500e-6

// stepped reports whether a clock that was not set can't have come from one measurement to the next.
func stepped(a, b clock.Measured) bool {
	drift := time.Duration(maxDrift * float64(b.At.Sub(a.At)))
	return (b.Offset - a.Offset).Abs() > a.Error+b.Error+drift
}

func steps(measured []clock.Measured) []step {
	var all []step
	for i := 1; i < len(measured); i++ {
		if a, b := measured[i-1], measured[i]; stepped(a, b) {
			all = append(all, step{b.At, a.Offset - b.Offset})
		}
	}
	return all
}

// describe says in words what a chart of the clock shows.
func describe(span string, p period, measured []clock.Measured) string {
	var in []clock.Measured
	for _, m := range measured {
		if p.has(m.At) {
			in = append(in, m)
		}
	}
	if len(in) == 0 {
		return fmt.Sprintf("The clock over the last %s: nothing was measured.", span)
	}
	low, high, bound := in[0].Offset, in[0].Offset, in[0].Error
	for _, m := range in {
		low, high, bound = min(low, m.Offset), max(high, m.Offset), max(bound, m.Error)
	}
	if low == high {
		return fmt.Sprintf("The clock over the last %s: %s, give or take %s at most.", span, clock.Ahead(low), text.Span(bound))
	}
	return fmt.Sprintf("The clock over the last %s: between %s and %s, give or take %s at most; measured %d times.",
		span, clock.Ahead(low), clock.Ahead(high), text.Span(bound), len(in))
}

package view

import (
	"strings"
	"testing"
	"time"

	"fermata/checks/clock"
	"fermata/checks/text"
)

// A bar has no tick for a warning that is not in the lifetime, and its triangle stays on it.
func TestBar(t *testing.T) {
	from := time.Date(2026, time.November, 20, 12, 0, 0, 0, time.UTC)
	till := from.Add(time.Hour)
	for _, c := range []struct {
		now      time.Duration
		warnings []time.Duration
		ticks    int
		at       string
	}{
		{0, []time.Duration{-time.Second, 0, time.Hour, time.Hour + time.Second}, 2, `x="0%"`},
		{-time.Hour, nil, 0, `x="0%"`}, {30 * time.Minute, []time.Duration{time.Minute}, 1, `x="50%"`}, {2 * time.Hour, nil, 0, `x="100%"`},
	} {
		var warnings []time.Time
		for _, w := range c.warnings {
			warnings = append(warnings, from.Add(w))
		}
		svg := bar(period{from, till}, from.Add(c.now), warnings, `"<&>"`)
		if n := strings.Count(svg, `class="warning"`); n != c.ticks || !strings.Contains(svg, `<svg class="now" `+c.at) {
			t.Errorf("after %v: %d ticks in %s", c.now, n, svg)
		}
		if !strings.Contains(svg, `aria-label="&#34;&lt;&amp;&gt;&#34;"`) {
			t.Errorf("words are not escaped: %s", svg)
		}
	}
}

// A measurement with none near it is a point; those that belong together are a line.
func TestClockChartPoints(t *testing.T) {
	now := time.Date(2026, time.November, 20, 12, 0, 0, 0, time.UTC)
	at := func(hours time.Duration) clock.Measured {
		return clock.Measured{At: now.Add(-hours * time.Hour), Offset: time.Millisecond, Error: time.Millisecond}
	}
	for points, measured := range map[int][]clock.Measured{
		0: {at(3), at(2), at(1)}, 1: {at(12), at(2), at(1)}, 2: {at(20), at(10)}, 3: {at(30), at(20), at(10), at(5)},
	} {
		svg := clockChart(period{now.Add(-24 * time.Hour), now}, measured, time.Second, 6*time.Hour, text.Style{}.Clock, "")
		if n := strings.Count(svg, "<circle"); n != points {
			t.Errorf("%v: %d points", measured, n)
		}
	}
}

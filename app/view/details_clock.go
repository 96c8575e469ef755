package view

import (
	"fmt"
	"time"

	"fermata/checks"
	"fermata/checks/clock"
	"fermata/checks/text"
)

// DetailsClock is the clock.
type DetailsClock struct {
	Line      string // the same as in the menu
	Level     checks.Level
	Word      string
	Evidence  string
	Tolerance string // "Beyond 2 s the clock counts as wrong."
	Drift     string // "" where it is not known
	CheckedAt string // "" where it never was
	System    []string
	Day, Week DetailsChart
	Steps     []string // when and by how much the clock was set, as the measurements show
	Servers   []DetailsServer
	Buttons   []DetailsButton
}

// DetailsChart is a chart with what it shows in words.
type DetailsChart struct{ SVG, Says string }

// DetailsServer is the last answer of one time server.
type DetailsServer struct{ Name, Offset, RoundTrip, Age, Verdict string }

func (w words) detailsClock() DetailsClock {
	f, tolerance := w.Clock.Facts, w.State.Settings.Clock.Tolerance
	d := DetailsClock{
		Line: w.clockLine(), Level: w.ClockLevel, Word: levelWords[w.ClockLevel], Evidence: f.Evidence(), System: f.System,
		Tolerance: fmt.Sprintf("Beyond %s the clock counts as wrong.", text.Span(tolerance)),
		Buttons:   w.detailsButtons("clock/set", "clock/check"),
	}
	if !f.CheckedAt.IsZero() {
		d.CheckedAt = w.style.TimeOfDay(f.CheckedAt, w.now)
	}
	if drift := f.Drift.String(); drift != "" {
		d.Drift = drift + " over the last " + text.Span(f.Drift.Over) + "."
		if !f.Drift.Crosses.IsZero() {
			d.Drift += " At this rate it will be wrong at " + w.style.TimeOfDay(f.Drift.Crosses, w.now) + "."
		}
	}
	const day = 24 * time.Hour
	draw := func(span string, long, every time.Duration, label func(time.Time) string) DetailsChart {
		p := period{w.now.Add(-long), w.now}
		says := describe(span, p, f.History)
		return DetailsChart{clockChart(p, f.History, tolerance, every, label, says), says}
	}
	if len(f.History) > 0 {
		d.Day, d.Week = draw("day", day, 6*time.Hour, w.style.Clock), draw("week", 7*day, 2*day, w.style.ShortDate)
	}
	for _, s := range steps(f.History) {
		way := "forward"
		if s.by < 0 {
			way = "back"
		}
		d.Steps = append(d.Steps, fmt.Sprintf("Before %s the clock was set %s by about %s.", w.style.TimeOfDay(s.at, w.now), way, text.Span(s.by)))
	}
	for _, s := range f.Servers {
		row := DetailsServer{Name: s.Name, Offset: "–", RoundTrip: "–", Age: "–", Verdict: serverWords(s)}
		if s.Answered() {
			row.Offset = fmt.Sprintf("%s (± %s)", clock.Ahead(s.Offset), text.Span(s.Error))
			row.RoundTrip, row.Age = text.Span(s.RTT), text.Span(s.Age.Round(time.Second))
		}
		d.Servers = append(d.Servers, row)
	}
	return d
}

// serverWords is the verdict on a time server as a person reads it.
func serverWords(s clock.Server) string {
	v := text.Upper(string(s.Verdict))
	switch s.Verdict {
	case clock.OK:
		v = "Agrees"
	case clock.Falseticker:
		v = "Differs from the others"
	}
	if s.Certificate != "" {
		return fmt.Sprintf("%s; by this clock its certificate is %s", v, s.Certificate)
	}
	return v
}

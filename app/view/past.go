package view

import (
	"fmt"
	"slices"

	"fermata/app/core"
	"fermata/checks/text"
)

// DetailsDay is what happened on one day, the newest first.
type DetailsDay struct {
	Day   string
	Items []DetailsItem
}

// DetailsItem is one thing that happened.
type DetailsItem struct{ Time, Text string }

// past is what happened, the newest first, by days.
func (w words) past() []DetailsDay {
	var days []DetailsDay
	for _, h := range slices.Backward(w.Past) {
		says := w.happening(h)
		at := h.At.In(w.now.Location())
		day := w.style.Weekday(at)
		if says == "" {
			continue
		}
		if n := len(days); n == 0 || days[n-1].Day != day {
			days = append(days, DetailsDay{Day: day})
		}
		d := &days[len(days)-1]
		d.Items = append(d.Items, DetailsItem{w.style.Clock(at), says})
	}
	return days
}

// happening tells of one thing that happened; "" where its kind is not known, as of a newer version.
func (w words) happening(h core.Happening) string {
	span := text.Span(h.Span)
	name := w.name(h.Action)
	switch h.Kind {
	case core.Started:
		return "Fermata started"
	case core.CauseBegan:
		return text.Line(h.Title, maxPast)
	case core.CauseOver:
		return fmt.Sprintf("Over after %s: %s", span, text.Line(h.Title, maxPast))
	case core.ClockSet:
		if h.Span < 0 {
			return fmt.Sprintf("The clock was set back by %s", span)
		}
		return fmt.Sprintf("The clock was set forward by %s", span)
	case core.Slept:
		return fmt.Sprintf("The computer woke up, after %s of sleep", span)
	case core.NewNetwork:
		return "The network changed"
	}
	switch {
	case name == "":
	case h.Kind == core.Did:
		return fmt.Sprintf("“%s” was done", name)
	case h.Kind == core.DidNot:
		return fmt.Sprintf("“%s” didn’t work", name)
	}
	return ""
}

// maxPast is how many characters of a title are shown: it comes from a file.
const maxPast = 200

package tokenfile

import (
	"encoding/json"
	"math"
	"strings"
	"time"
)

// layouts are the ways to write a time as a text. Parsing takes a fraction of a second in each.
var layouts = []string{
	time.RFC3339,
	"2006-01-02T15:04:05",           // Python's isoformat
	"2006-01-02 15:04:05",           // Python's str
	"2006-01-02 15:04:05Z07:00",     // the same with a zone
	"2006-01-02T15:04:05Z0700",      // ISO 8601's basic zone
	"2006-01-02T15:04:05UTC",        // the AWS CLI's before 2.0
	"2006-01-02 15:04:05 -0700 MST", // Go's String
	"Mon, 02 Jan 2006 15:04:05 GMT", // HTTP's (RFC 9110 section 5.6.7), and its two older ones
	"Monday, 02-Jan-06 15:04:05 GMT",
	time.ANSIC,
	time.RFC1123Z, // mail's
}

// local are the layouts that name no zone and mean this computer's.
var local = map[string]bool{"2006-01-02T15:04:05": true, "2006-01-02 15:04:05": true}

// Time reads a time as programs write it: a Unix time, as a number or as text, in the unit that Unix finds, or a
// text in one of several layouts. One without a zone is in this computer's.
func Time(v any) (t time.Time, unit time.Duration, ok bool) {
	var written string
	switch v := v.(type) {
	case json.Number:
		return Unix(v)
	case string:
		written, _, _ = strings.Cut(strings.TrimSpace(v), " m=") // Go's monotonic reading
	default:
		return time.Time{}, 0, false
	}
	for _, layout := range layouts {
		zone := time.UTC
		if local[layout] {
			zone = time.Local
		}
		if t, err := time.ParseInLocation(layout, written, zone); err == nil {
			t = t.UTC()
			return t, time.Second, t.IsZero() || 1 < t.Year() && t.Year() <= 9999
		}
	}
	return Unix(json.Number(written))
}

// Unix reads a Unix time in seconds. A number that as seconds would lie after the year 5138 is taken
// for milli-, micro- or nanoseconds, and unit says which; ok is false where it is none of these. A
// whole number is read exactly, another one to the microsecond.
func Unix(n json.Number) (t time.Time, unit time.Duration, ok bool) {
	f, err := n.Float64()
	if err != nil || !(f >= 0) {
		return time.Time{}, 0, false
	}
	for unit, per := time.Second, int64(1); unit > 0; unit, per = unit/1000, per*1000 {
		seconds := f / float64(per)
		if seconds >= 1e11 {
			continue
		}
		if whole, err := n.Int64(); err == nil {
			return time.Unix(whole/per, whole%per*int64(unit)).UTC(), unit, true
		}
		return time.UnixMicro(int64(math.Round(seconds * 1e6))).UTC(), unit, true
	}
	return time.Time{}, 0, false
}

// life reads a number of seconds, as a number or as text; 0: it is none, or ten years and more.
func life(v any) time.Duration {
	n, isNumber := v.(json.Number)
	if written, ok := v.(string); ok && !isNumber {
		n = json.Number(strings.TrimSpace(written))
	}
	f, err := n.Float64()
	if err != nil || !(f > 0 && f < 10*365*24*3600) {
		return 0
	}
	return time.Duration(f * float64(time.Second))
}

package clock

import (
	"encoding/json"
	"fmt"
	"time"

	"fermata/checks/files"
)

// The history is a week with an entry an hour: enough for a drift rate, and some 20 kB.
const (
	remembered = 7 * day
	entryEvery = time.Hour
	maxEntries = int(remembered/entryEvery) + 1
	maxHistory = 256 << 10 // bytes read of the file
)

// An entry is one measurement. At minus Boot is true time against the boot clock, which is what
// drift shows in, since no step moves it.
type entry struct {
	At     time.Time `json:"at"`     // true time
	Boot   float64   `json:"boot_s"` // Reading.Boot
	Offset float64   `json:"offset_s"`
	Error  float64   `json:"error_s"`
}

// base is true Unix time minus Reading.Boot.
func (e entry) base() time.Duration {
	return time.Duration(e.At.UnixNano()) - seconds(e.Boot)
}

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }

// sane says whether a program of this kind could have written the entry.
func (e entry) sane() bool {
	const most = 100 * 365 * 24 * 3600
	return e.At.Year() > 1970 && e.At.Year() < 2200 && e.Error > 0 && e.Error < most &&
		e.Boot >= 0 && e.Boot < most && e.Offset > -most && e.Offset < most
}

// A history is the offsets of a week, in a file that may hold anything.
type history struct {
	path    string
	loaded  bool
	entries []entry // by time
}

// add takes a measurement for a clock that stood at now and tells the drift that shows since the
// computer was started. What cannot be read or written is forgotten: the history is a comfort.
func (h *history) add(now Reading, f Facts, tolerance time.Duration) Drift {
	if !h.loaded {
		h.entries, h.loaded = load(h.path), true
	}
	latest := entry{
		At:   time.Unix(0, int64(now.wallBase()+f.Offset+now.Boot)).UTC(),
		Boot: now.Boot.Seconds(), Offset: f.Offset.Seconds(), Error: f.Error.Seconds(),
	}
	kept := h.entries[:0]
	for _, e := range h.entries {
		if age := latest.At.Sub(e.At); age >= 0 && age < remembered {
			kept = append(kept, e)
		}
	}
	h.entries = kept
	drift := driftOf(append(h.entries, latest), tolerance)
	if n := len(h.entries); n == 0 || latest.At.Sub(h.entries[n-1].At) >= entryEvery || !sameBoot(h.entries[n-1], latest) {
		h.entries = append(h.entries, latest)
		if len(h.entries) > maxEntries {
			h.entries = h.entries[len(h.entries)-maxEntries:]
		}
		_ = h.save()
	}
	return drift
}

// load reads the entries that make sense.
func load(path string) []entry {
	data, err := files.Read(path, maxHistory)
	var read, good []entry
	if err != nil || json.Unmarshal(data, &read) != nil {
		return nil
	}
	for _, e := range read {
		if e.sane() && (len(good) == 0 || e.At.After(good[len(good)-1].At)) {
			good = append(good, e)
		}
	}
	return good[max(0, len(good)-maxEntries):]
}

// save replaces the file as a whole.
func (h *history) save() error {
	if h.path == "" {
		return nil
	}
	data, err := json.Marshal(h.entries)
	if err != nil {
		return fmt.Errorf("write the clock's history: %w", err)
	}
	if err := files.Write(h.path, data, 0o600); err != nil {
		return fmt.Errorf("write the clock's history: %w", err)
	}
	return nil
}

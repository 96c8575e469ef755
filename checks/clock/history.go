package clock

import (
	"encoding/json"
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

// sane reports whether Fermata can have written the entry.
func (e entry) sane() bool {
	const most = 100 * 365 * 24 * 3600
	return e.At.Year() > 1970 && e.At.Year() < 2200 && e.Error > 0 && e.Error < most &&
		e.Boot >= 0 && e.Boot < most && e.Offset > -most && e.Offset < most
}

// A history is the measurements of a week. What its file contains is not trusted.
type history struct {
	path    string // "" keeps them in memory
	loaded  bool
	entries []entry // by time
}

// add adds a measurement of a clock that stood at now and returns the drift since the computer was
// started. Read and write errors are ignored; the history is optional.
func (h *history) add(now Reading, f Facts, tolerance time.Duration) Drift {
	h.load()
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
		if data, err := json.Marshal(h.entries); err == nil && h.path != "" {
			_ = files.Write(h.path, data, 0o600)
		}
	}
	return drift
}

// load reads the file, once.
func (h *history) load() {
	if h.path != "" && !h.loaded {
		h.entries, h.loaded = load(h.path), true
	}
}

// measured returns what the history has, and last f, where it is not in it.
func (h *history) measured(f Facts) []Measured {
	h.load()
	all := make([]Measured, 0, len(h.entries)+1)
	for _, e := range h.entries {
		all = append(all, Measured{e.At, seconds(e.Offset), seconds(e.Error)})
	}
	latest := Measured{f.CheckedAt, f.Offset, f.Error}
	if n := len(all); f.Known && (n == 0 || latest.At.Sub(all[n-1].At) >= time.Minute) {
		all = append(all, latest)
	}
	return all
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

package autotime

import (
	"fmt"
	"slices"
	"time"

	"fermata/checks/text"
)

// A Keeper is the service that keeps this computer's clock.
type Keeper struct {
	Name       string    // "systemd-timesyncd"; "": none is known of
	LastAnswer time.Time // of a time server to it, by this computer's clock; zero: not known
	Unanswered bool      // it has had no answer since it was started
	Now        time.Time // by the same clock, when the service was asked
	Verb       string    // what Mend does, for a menu: "Restart systemd-timesyncd"; "": it can do nothing
	Command    string    // the same, typed into a terminal
	Units      []string  // of systemd, to restart; the first that there is
}

// String is the keeper in words: "Kept by systemd-timesyncd, last answer 3 days ago."; "" where none is known of.
func (k Keeper) String() string {
	switch {
	case k.Name == "":
		return ""
	case k.Unanswered:
		return fmt.Sprintf("Kept by %s, which has had no answer yet.", k.Name)
	case k.LastAnswer.IsZero(), k.LastAnswer.After(k.Now): // the clock was set since, so its age is not known
		return fmt.Sprintf("Kept by %s.", k.Name)
	}
	return fmt.Sprintf("Kept by %s, last answer %s ago.", k.Name, text.Span(k.Now.Sub(k.LastAnswer).Round(time.Second)))
}

// most is how many servers are taken: more tell nothing new.
const most = 8

func distinct(names []string) []string {
	var all []string
	for _, n := range names {
		if n != "" && len(n) <= 255 && !slices.Contains(all, n) && len(all) < most {
			all = append(all, n)
		}
	}
	return all
}

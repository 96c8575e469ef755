package app

import (
	"context"
	"net"
	"time"

	"fermata/app/account"
	"fermata/app/core"
	"fermata/app/view"
	"fermata/checks/clock"
	"fermata/checks/doctor"
	"fermata/checks/programs"
	"fermata/checks/text"
)

// Outside is what an App is made from: the settings, and every way to the outside.
type Outside struct {
	account.Outside
	Settings  core.Settings
	Path      string                   // of the settings file; "": there is none, and nothing is written
	Reminders map[string]core.Reminder // what earlier runs have told
	// Reloads brings the settings after each change of the file; nil: they do not change.
	Reloads <-chan core.Settings
	// Use has Keeper keep the sign-ins in the store that the settings name, and reports whether that is another;
	// nil: there is one store.
	Use func(store string) bool
	// Save keeps what was told, for the next run; nil: it is forgotten at the end.
	Save func(map[string]core.Reminder) error
	// Past is what happened in earlier runs; PastLost says that there is some and that it can't be read.
	// KeepPast keeps it for the next run; nil: it is forgotten at the end.
	Past     []core.Happening
	PastLost bool
	KeepPast func([]core.Happening) error
	// Dial makes connections to time servers; nil: the system's.
	Dial func(ctx context.Context, network, addr string) (net.Conn, error)
	// Changes tells of clock steps and resumes, Networks of another network, Keyring that Keeper may answer by
	// now; nil: nobody does.
	Changes  <-chan clock.Change
	Networks <-chan struct{}
	Keyring  <-chan struct{}
	// Locale is the person's time zone, and how the desktop writes times, now; nil: the one at the start, and
	// "15:04". Zones tells of another; nil: nobody does.
	Locale func() (*time.Location, text.Style)
	Zones  <-chan struct{}
	// Away tells that nobody can read notifications now, or that somebody can again; nil: nobody does.
	Away    <-chan bool
	Dates   []string // pages whose HTTP Date is asked for where no time server answers
	History string   // file for the clock's offsets; "": they are kept in memory
	// Programs looks at other programs' tokens; nil: nothing does.
	Programs *programs.Check
	// ProgramFiles tells that Programs would find something else; nil: nobody does.
	ProgramFiles <-chan struct{}
	// Doctor is what looks without a sign-in go through; the zero value is the real ones.
	Doctor doctor.Outside
	// SetClock is what the demo does in the place of setting the computer's clock; nil: it is set.
	SetClock func(ctx context.Context) error
	// Trim gives back memory when there is nothing to do for a while; nil: nothing does.
	Trim  func()
	Build func() view.Build // of this program, for a report
	Made  time.Time         // when this program was made: no earlier time is believed; zero: any is
	// Troubles are those of the demo, and Cause causes one; reload says that what is kept of the sign-ins
	// has changed. Not nil marks everything DEMO.
	Troubles []core.Trouble
	Cause    func(name string) (reload bool, err error)
}

// farewell is how long the end waits for the answer to a renewal: less than session managers wait for a
// program (systemd 90 s), and as long as an answer can be hoped for. What comes later is lost, and told so.
const farewell = 20 * time.Second

// Package assets holds what Fermata shows and installs: the tray icons, the app's icon, the desktop file.
package assets

import (
	_ "embed"
	"fmt"
	"runtime"
)

//go:generate go run ./draw

// An Arc is the fermata's arc, which is the session.
type Arc int

// The arcs.
const (
	ArcFull          Arc = iota // healthy, or renews by itself
	ArcThreeQuarters            // cannot renew: the share of its time that is left
	ArcHalf
	ArcQuarter
	ArcBroken // ended, or not signed in
	ArcFaint  // there is no account
)

// String returns the arc as the icons' file names spell it.
func (a Arc) String() string {
	return [...]string{"full", "three-quarters", "half", "quarter", "broken", "faint"}[a]
}

// A Dot is the fermata's dot, which is the clock.
type Dot int

// The dots.
const (
	DotSolid  Dot = iota // the clock is right
	DotHollow            // not known
	DotBeside            // the clock is wrong
)

// String returns the dot as the icons' file names spell it.
func (d Dot) String() string {
	return [...]string{"solid", "hollow", "beside"}[d]
}

// Icon returns the tray icon for what the session and the clock are: a PNG of 88 pixels on Linux, of 44
// on macOS, and an ICO of several sizes on Windows. There are eighteen; the bytes of each are always the
// same.
func Icon(a Arc, d Dot) []byte {
	data, err := icons.ReadFile(fmt.Sprintf("icons/%s/%v-%v.%s", runtime.GOOS, a, d, format))
	if err != nil {
		panic(err) // it is embedded
	}
	return data
}

// AppIcon is the program's own icon, a PNG of 96 pixels, for notifications.
//
//go:embed icons/notice.png
var AppIcon []byte

// ID is what desktops know the program by: the name of its desktop file and its icons, its AppStream ID,
// and on Windows its AppUserModelID. It stands in FyneApp.toml too.
const ID = "io.github.fermata"

// Desktop is the desktop file of the Desktop Entry Specification.
//
//go:embed io.github.fermata.desktop
var Desktop []byte

// Package lean gives back memory that an idle program does not need.
package lean

import "runtime/debug"

const (
	// ceiling is what the Go runtime may take before it collects garbage by itself, in bytes: more than a
	// look ever needs, beside the 4 MB that are in use.
	ceiling = 20 << 20
	// enough is how much of this program may be in memory before Trim gives some back, in bytes.
	enough = 9 << 20
)

// Begin has garbage collected by Trim, and by the runtime only near the ceiling. Otherwise it would do
// so every two minutes, which alone takes a program that sleeps a millisecond a minute.
func Begin() {
	debug.SetMemoryLimit(ceiling)
	debug.SetGCPercent(-1)
}

// Trim gives back to the system what the heap does not use, and the pages of the program's own file that
// were only needed to start or to look: the kernel maps 16 pages around each one touched, so that after
// a start nearly the whole file counts as in use. What is needed again comes back from the page cache.
// It takes a few milliseconds of processor time, and nothing where little is in memory.
func Trim() {
	if resident() < enough {
		return
	}
	debug.FreeOSMemory()
	dropProgram()
}

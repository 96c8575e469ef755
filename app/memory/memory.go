// Package memory gives back memory that an idle program does not need.
package memory

import "runtime/debug"

// ceiling is what the Go runtime may take before it collects garbage by itself, in bytes: more than a
// look ever needs, beside the 4 MB that are in use.
const ceiling = 20 << 20

// Begin has garbage collected by Trim, and by the runtime only near the ceiling. Otherwise it would do
// so every two minutes, which alone takes a program that sleeps a millisecond a minute.
func Begin() {
	debug.SetMemoryLimit(ceiling)
	debug.SetGCPercent(-1)
}

// Trim collects garbage and gives back to the system what the heap does not use then. It takes a few
// milliseconds of processor time.
func Trim() { debug.FreeOSMemory() }

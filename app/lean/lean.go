// Package lean gives back memory that an idle program does not need.
package lean

import "runtime/debug"

// Trim gives back to the system what the heap does not use, and the pages of the program's own file that
// were only needed to start or to look: the kernel maps 16 pages around each one touched, so that after
// a start nearly the whole file counts as in use. What is needed again comes back from the page cache.
// It takes a few milliseconds of processor time.
func Trim() {
	debug.FreeOSMemory()
	dropProgram()
}

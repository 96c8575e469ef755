package lean

import (
	"bufio"
	"os"
	"strconv"
	"strings"
	"unsafe"

	"golang.org/x/sys/unix"
)

// resident is how much of this program is in memory, in bytes (proc_pid_statm(5)).
func resident() int {
	statm, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return enough
	}
	fields := strings.Fields(string(statm))
	if len(fields) < 2 {
		return enough
	}
	pages, err := strconv.Atoi(fields[1])
	if err != nil {
		return enough
	}
	return pages * os.Getpagesize()
}

// dropProgram drops the clean pages of this program's file (madvise(2), MADV_DONTNEED): those that are
// never written to. It is a matter of thrift, so what fails is left as it is.
func dropProgram() {
	program, err := os.Readlink("/proc/self/exe")
	if err != nil {
		return
	}
	maps, err := os.Open("/proc/self/maps")
	if err != nil {
		return
	}
	defer maps.Close()
	for lines := bufio.NewScanner(maps); lines.Scan(); {
		if pages := readOnly(lines.Text(), program); pages != nil {
			_ = unix.Madvise(pages, unix.MADV_DONTNEED)
		}
	}
}

// readOnly returns the memory that a line of proc_pid_maps(5) is about, if it is a mapping of file that
// cannot be written to.
func readOnly(line, file string) []byte {
	words := strings.Fields(line) // addresses, permissions, offset, device, inode, file
	if len(words) != 6 || words[5] != file || strings.Contains(words[1], "w") {
		return nil
	}
	low, high, _ := strings.Cut(words[0], "-")
	from, err := strconv.ParseUint(low, 16, 64)
	if err != nil {
		return nil
	}
	to, err := strconv.ParseUint(high, 16, 64)
	if err != nil || to <= from {
		return nil
	}
	return unsafe.Slice((*byte)(unsafe.Add(unsafe.Pointer(nil), from)), to-from)
}

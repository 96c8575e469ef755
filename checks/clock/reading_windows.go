package clock

import (
	"time"
	"unsafe"

	"golang.org/x/sys/windows"
)

// Interrupt time counts sleep, unbiased interrupt time does not
// (learn.microsoft.com/windows/win32/sysinfo/interrupt-time). Both are exported by kernelbase.dll
// since Windows 10, which Go itself needs.
var (
	kernelbase         = windows.NewLazySystemDLL("kernelbase.dll")
	procInterrupt      = kernelbase.NewProc("QueryInterruptTimePrecise")
	procUnbiasedTiming = kernelbase.NewProc("QueryUnbiasedInterruptTimePrecise")
)

// wallTime is finer than time.Now, which steps with the timer tick, and the same clock that
// beevik/ntp stamps packets with.
func wallTime() time.Time {
	var ft windows.Filetime
	windows.GetSystemTimePreciseAsFileTime(&ft)
	return time.Unix(0, ft.Nanoseconds())
}

func bootTime() time.Duration { return query(procInterrupt) }

func awakeTime() time.Duration { return query(procUnbiasedTiming) }

func query(proc *windows.LazyProc) time.Duration {
	var units uint64 // of 100 ns
	proc.Call(uintptr(unsafe.Pointer(&units)))
	return time.Duration(units) * 100
}

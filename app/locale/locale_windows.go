package locale

import (
	"context"
	"time"
	"unsafe"

	"golang.org/x/sys/windows"

	"fermata/checks/text"
)

// https://learn.microsoft.com/windows/win32/intl/locale-itime and locale-idate
const (
	iTime = 0x23 // LOCALE_ITIME: "0" is twelve hours, "1" is 24
	iDate = 0x21 // LOCALE_IDATE: "0" is month, day, year; "1" day, month, year; "2" year, month, day
)

var getLocaleInfoEx = windows.NewLazySystemDLL("kernel32.dll").NewProc("GetLocaleInfoEx")

// style is the one in the person's regional settings.
func style() text.Style {
	date := info(iDate)
	return text.Style{Hours12: info(iTime) == "0", MonthFirst: date == "0" || date == "2"}
}

// info returns one of the settings of the person's locale (LOCALE_NAME_USER_DEFAULT is a null pointer).
func info(kind uintptr) string {
	var b [8]uint16
	n, _, _ := getLocaleInfoEx.Call(0, kind, uintptr(unsafe.Pointer(&b[0])), uintptr(len(b)))
	if n == 0 {
		return ""
	}
	return windows.UTF16ToString(b[:])
}

// zone is the system's. One that was changed since the program began has the offset of now at all times:
// Windows gives no rules by which package time could tell others.
func zone() *time.Location {
	const daylight = 2 // TIME_ZONE_ID_DAYLIGHT
	var z windows.Timezoneinformation
	kind, err := windows.GetTimeZoneInformation(&z)
	if err != nil {
		return time.Local
	}
	name, bias := z.StandardName[:], z.Bias+z.StandardBias
	if kind == daylight {
		name, bias = z.DaylightName[:], z.Bias+z.DaylightBias
	}
	offset := -60 * int(bias)
	if _, known := time.Now().Zone(); known == offset {
		return time.Local
	}
	return time.FixedZone(windows.UTF16ToString(name), offset)
}

// Watch returns nil: Windows tells of another zone as of a set clock, so clock.Watch does.
func Watch(context.Context) (<-chan struct{}, error) { return nil, nil }

package autotime

import (
	"context"
	"strings"
	"time"

	"golang.org/x/sys/windows"
	"golang.org/x/sys/windows/registry"
)

// timeService is where the Windows Time service has its settings
// (learn.microsoft.com/windows-server/networking/windows-time-service/windows-time-service-tools-and-settings).
const timeService = `SYSTEM\CurrentControlSet\Services\W32Time\`

// Keeps finds out what the Windows Time service is set to, and when it last knew a good time.
func Keeps(context.Context) Keeper {
	kind := read("Parameters", "Type")
	if kind == "" || strings.EqualFold(kind, "NoSync") {
		return Keeper{}
	}
	k := Keeper{Name: "the Windows Time service", Now: time.Now()}
	key, err := registry.OpenKey(registry.LOCAL_MACHINE, timeService+"Config", registry.QUERY_VALUE)
	if err != nil {
		return k
	}
	defer key.Close()
	if t, _, err := key.GetIntegerValue("LastKnownGoodTime"); err == nil && t > 0 {
		ft := windows.Filetime{LowDateTime: uint32(t), HighDateTime: uint32(t >> 32)}
		k.LastAnswer = time.Unix(0, ft.Nanoseconds())
	}
	return k
}

// Mend does what TurnOn does, which sets the clock too.
func Mend(ctx context.Context, _ Keeper) error { return TurnOn(ctx) }

// Servers are those of the Windows Time service: "time.windows.com,0x9 192.0.2.1,0x8".
func Servers(context.Context) []string {
	var all []string
	for _, word := range strings.Fields(read("Parameters", "NtpServer")) {
		name, _, _ := strings.Cut(word, ",")
		all = append(all, name)
	}
	return distinct(all)
}

// read reads a text of the service's settings; "" where there is none.
func read(folder, name string) string {
	key, err := registry.OpenKey(registry.LOCAL_MACHINE, timeService+folder, registry.QUERY_VALUE)
	if err != nil {
		return ""
	}
	defer key.Close()
	s, _, _ := key.GetStringValue(name)
	return s
}

package spotify

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"fermata/checks/files"
	"fermata/checks/sessionbus"
)

// ticks are those of the times in /proc, a second: USER_HZ, which is 100 wherever Go runs.
const ticks = 100

func findApp(ctx context.Context) (App, error) {
	_, file := entry("")
	a := App{Installed: file != "", Install: installation(file)}
	bus, err := sessionbus.Connect(ctx)
	if err != nil {
		return a, fmt.Errorf("looking for Spotify: %w", err)
	}
	c := linuxClient{bus: bus}
	pid, err := c.owner(ctx)
	if err != nil || pid == 0 {
		return a, err
	}
	if _, file := entry(c.entry(ctx)); file != "" { // the one that runs, where there are several
		a.Install = installation(file)
	}
	a.Installed, a.Running, a.Since = true, true, started(pid)
	return a, nil
}

// installation says by where the desktop entry lies how the app was installed.
func installation(file string) string {
	switch {
	case strings.Contains(file, "/flatpak/"):
		return "flatpak"
	case strings.Contains(file, "/snapd/"):
		return "snap"
	case strings.HasPrefix(file, "/usr/"):
		return "package"
	}
	return ""
}

// started is when a process was started, by this computer's clock; zero where that can't be read.
func started(pid int) time.Time {
	stat, err := files.Read(fmt.Sprintf("/proc/%d/stat", pid), 4<<10)
	if err != nil {
		return time.Time{}
	}
	// The program's name, in brackets, may have anything in it (proc(5)); the time is the 20th after it.
	fields := strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+1:]))
	var boot unix.Timespec
	if len(fields) < 20 || unix.ClockGettime(unix.CLOCK_BOOTTIME, &boot) != nil {
		return time.Time{}
	}
	n, err := strconv.ParseInt(fields[19], 10, 64)
	if err != nil {
		return time.Time{}
	}
	return time.Now().Add(time.Duration(n)*time.Second/ticks - time.Duration(boot.Nano()))
}

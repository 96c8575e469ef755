package autotime

import (
	"context"
	"os"
	"os/exec"
	"strings"
	"syscall"
)

// settings are the programs in which each desktop sets the date, by a word of XDG_CURRENT_DESKTOP.
var settings = []struct {
	desktop  string
	commands []string
}{
	{"GNOME", []string{"gnome-control-center datetime"}},
	{"Unity", []string{"unity-control-center datetime", "gnome-control-center datetime"}},
	{"Budgie", []string{"budgie-control-center datetime", "gnome-control-center datetime"}},
	{"KDE", []string{"kcmshell6 kcm_clock", "kcmshell5 clock", "systemsettings kcm_clock"}},
	{"XFCE", []string{"time-admin"}},
	{"Cinnamon", []string{"cinnamon-settings calendar"}},
	{"MATE", []string{"mate-time-admin", "time-admin"}},
	{"LXQt", []string{"lxqt-admin-time"}},
}

// OpenSettings opens the date settings of the desktop that runs, and does not wait for them. It
// fails with ErrNoSettings where there are none.
func OpenSettings(context.Context) error {
	for _, command := range candidates(os.Getenv("XDG_CURRENT_DESKTOP")) {
		words := strings.Fields(command)
		path, err := exec.LookPath(words[0])
		if err != nil {
			continue
		}
		cmd := exec.Command(path, words[1:]...)
		cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true} // they outlive Fermata
		if err := cmd.Start(); err != nil {
			continue
		}
		go cmd.Wait()
		return nil
	}
	return ErrNoSettings
}

// candidates are the commands to try on a desktop, "ubuntu:GNOME" for example.
func candidates(desktop string) []string {
	var found []string
	for word := range strings.SplitSeq(desktop, ":") {
		for _, s := range settings {
			if strings.HasSuffix(strings.ToUpper(word), strings.ToUpper(s.desktop)) {
				found = append(found, s.commands...)
			}
		}
	}
	return found
}

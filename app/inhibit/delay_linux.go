package inhibit

import (
	"context"
	"os"
	"time"

	"github.com/godbus/dbus/v5"
)

const timeout = 2 * time.Second // for the system bus and logind to answer

// delay holds an inhibitor lock of logind's until ctx ends. It is of the mode "delay", of which logind takes
// no notice after five seconds (logind.conf, InhibitDelayMaxSec), and which needs no password.
//
// https://systemd.io/INHIBITOR_LOCKS/
func delay(ctx context.Context) {
	asking, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	bus, err := dbus.ConnectSystemBus(dbus.WithContext(asking))
	if err != nil {
		return
	}
	defer bus.Close()
	var lock dbus.UnixFD
	err = bus.Object("org.freedesktop.login1", "/org/freedesktop/login1").CallWithContext(asking,
		"org.freedesktop.login1.Manager.Inhibit", 0, "sleep:shutdown", "Fermata", "A sign-in is being renewed", "delay").Store(&lock)
	if err != nil {
		return
	}
	defer os.NewFile(uintptr(lock), "inhibitor lock").Close()
	bus.Close()
	<-ctx.Done()
}

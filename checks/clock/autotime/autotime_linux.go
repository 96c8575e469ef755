package autotime

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/godbus/dbus/v5"
	"golang.org/x/sys/unix"
)

// Command turns automatic time on, typed into a terminal.
const Command = "sudo timedatectl set-ntp true"

const (
	timedate = "org.freedesktop.timedate1"
	path     = dbus.ObjectPath("/org/freedesktop/timedate1")
	prompt   = 2 * time.Minute // for a person to type a password
	answer   = 5 * time.Second // for anything else
)

// TurnOn has systemd, or what stands in for it, turn its time service on
// (org.freedesktop.timedate1(5)). The system may ask for a password.
func TurnOn(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, prompt)
	defer cancel()
	conn, props, err := open(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	if can, ok := props["CanNTP"].Value().(bool); ok && !can {
		return ErrAbsent
	}
	if on, _ := props["NTP"].Value().(bool); on {
		return ErrAlready
	}
	// The second argument lets polkit ask the person. The message flag that says the same is not
	// sent by godbus v5.2.4 (createCall masks it).
	err = conn.Object(timedate, path).CallWithContext(ctx, timedate+".SetNTP", 0, true, true).Err
	if ctx.Err() != nil {
		return ctx.Err() // the end of ctx closes the connection, which err tells in its own way
	}
	return classify(err)
}

// Says returns what the kernel and the system say of the clock, a sentence each. It is evidence and
// no more: the flags lie (systemd#23419).
func Says(ctx context.Context) []string {
	says := []string{kernelSays()}
	ctx, cancel := context.WithTimeout(ctx, answer)
	defer cancel()
	conn, props, err := open(ctx)
	if err != nil {
		return says
	}
	defer conn.Close()
	for _, flag := range []struct{ name, yes, no string }{
		{"NTP", "Automatic time is on.", "Automatic time is off."},
		{"NTPSynchronized", "The system says that its clock is synchronised.", "The system says that its clock is not synchronised."},
		{"LocalRTC", "The hardware clock runs in local time.", ""},
	} {
		if v, ok := props[flag.name].Value().(bool); ok && v {
			says = append(says, flag.yes)
		} else if ok && flag.no != "" {
			says = append(says, flag.no)
		}
	}
	return says
}

// kernelSays reads the kernel's own bookkeeping (adjtimex(2) with no mode changes nothing).
func kernelSays() string {
	var tx unix.Timex
	if _, err := unix.Adjtimex(&tx); err != nil {
		return "The kernel doesn't say whether its clock is synchronised."
	}
	if tx.Status&unix.STA_UNSYNC != 0 {
		return "The kernel says that its clock is not synchronised."
	}
	most := time.Duration(tx.Maxerror) * time.Microsecond
	return fmt.Sprintf("The kernel says that its clock is synchronised, within %v.", most.Round(time.Millisecond))
}

// open connects to the system bus and reads timedate1's properties. The connection is this package's own: a
// shared one may be closed or listened to by others.
func open(ctx context.Context) (conn *dbus.Conn, props map[string]dbus.Variant, err error) {
	conn, err = dbus.ConnectSystemBus(dbus.WithContext(ctx))
	if err != nil {
		return nil, nil, fmt.Errorf("%w: %w", ErrAbsent, err)
	}
	ctx, cancel := context.WithTimeout(ctx, answer)
	defer cancel()
	err = conn.Object(timedate, path).CallWithContext(ctx, "org.freedesktop.DBus.Properties.GetAll", 0, timedate).Store(&props)
	if err != nil {
		conn.Close()
		return nil, nil, classify(err)
	}
	return conn, props, nil
}

// classify sorts what timedate1, polkit and the bus answer.
func classify(err error) error {
	var said dbus.Error
	if !errors.As(err, &said) {
		return err
	}
	switch {
	case said.Name == "org.freedesktop.DBus.Error.ServiceUnknown",
		said.Name == "org.freedesktop.DBus.Error.NameHasNoOwner",
		strings.HasPrefix(said.Name, "org.freedesktop.DBus.Error.Spawn."),
		said.Name == "org.freedesktop.timedate1.NoNTPSupport",
		said.Name == "org.freedesktop.DBus.Error.UnknownMethod",
		said.Name == "org.freedesktop.systemd1.NoSuchUnit":
		return ErrAbsent
	case said.Name == "org.freedesktop.DBus.Error.AccessDenied",
		said.Name == "org.freedesktop.DBus.Error.InteractiveAuthorizationRequired",
		strings.HasPrefix(said.Name, "org.freedesktop.PolicyKit1.Error."):
		return ErrRefused
	}
	return fmt.Errorf("the system didn’t do it: %s", said.Name)
}

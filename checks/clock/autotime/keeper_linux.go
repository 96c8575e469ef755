package autotime

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"

	"github.com/godbus/dbus/v5"
)

const (
	timesync     = "org.freedesktop.timesync1"
	timesyncPath = dbus.ObjectPath("/org/freedesktop/timesync1")
	systemd      = "org.freedesktop.systemd1"
	systemdPath  = dbus.ObjectPath("/org/freedesktop/systemd1")
)

// Keeps finds the service that keeps the clock: systemd-timesyncd by the system bus, chronyd and ntpd by the
// program with which each is asked. None is started by that.
func Keeps(ctx context.Context) Keeper {
	ctx, cancel := context.WithTimeout(ctx, answer)
	defer cancel()
	if props := timesyncd(ctx); props != nil {
		last := lastMessage(props["NTPMessage"])
		return Keeper{Name: "systemd-timesyncd", LastAnswer: last, Unanswered: last.IsZero(), Now: time.Now(),
			Verb: "Restart systemd-timesyncd", Command: "sudo systemctl restart systemd-timesyncd", Units: []string{"systemd-timesyncd.service"}}
	}
	if rows := chronyc(ctx, "tracking"); len(rows) > 0 && len(rows[0]) > 3 {
		k := Keeper{Name: "chronyd", Now: time.Now(), Verb: "Set the clock with chronyd", Command: "sudo chronyc makestep"}
		if s, err := strconv.ParseFloat(rows[0][3], 64); err == nil && s > 0 && s < 1<<40 { // the reference time
			k.LastAnswer = time.Unix(int64(s), 0)
		}
		k.Unanswered = k.LastAnswer.IsZero()
		return k
	}
	if out := ask(ctx, "ntpq", "-c", "rv 0 reftime"); bytes.Contains(out, []byte("reftime=")) {
		last := refTime(string(out))
		return Keeper{Name: "ntpd", LastAnswer: last, Unanswered: last.IsZero(), Now: time.Now(), Verb: "Restart ntpd",
			Command: "sudo systemctl restart ntpsec", Units: []string{"ntpsec.service", "ntpd.service", "ntp.service"}}
	}
	return Keeper{}
}

// Mend has the keeper set the clock now: it is restarted, or chronyd told to step. The system may ask for a
// password.
func Mend(ctx context.Context, k Keeper) error {
	ctx, cancel := context.WithTimeout(ctx, prompt)
	defer cancel()
	if k.Name == "chronyd" {
		return makeStep(ctx)
	}
	err := error(ErrAlready)
	for _, unit := range k.Units {
		if err = restart(ctx, unit); !errors.Is(err, ErrAbsent) {
			break
		}
	}
	return err
}

// makeStep has chronyd put the clock right at once, which takes root.
func makeStep(ctx context.Context) error {
	words := []string{"chronyc", "makestep"}
	if os.Geteuid() != 0 {
		words = append([]string{"pkexec"}, words...)
	}
	err := exec.CommandContext(ctx, words[0], words[1:]...).Run()
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil: // pkexec's own codes say that nobody allowed it; without pkexec nobody can
		return ErrRefused
	}
	return nil
}

// restart has systemd restart a unit, and ask the person for leave (org.freedesktop.systemd1(5)).
func restart(ctx context.Context, unit string) error {
	conn, err := dbus.ConnectSystemBus(dbus.WithContext(ctx))
	if err != nil {
		return fmt.Errorf("%w: %w", ErrAbsent, err)
	}
	defer conn.Close()
	manager := conn.Object(systemd, systemdPath)
	if err := manager.CallWithContext(ctx, systemd+".Manager.GetUnit", 0, unit).Err; err != nil {
		return classify(err)
	}
	// Object.Call does not send the flag that lets polkit ask the person.
	done := conn.SendWithContext(ctx, &dbus.Message{
		Type: dbus.TypeMethodCall, Flags: dbus.FlagAllowInteractiveAuthorization,
		Headers: map[dbus.HeaderField]dbus.Variant{
			dbus.FieldDestination: dbus.MakeVariant(systemd), dbus.FieldPath: dbus.MakeVariant(systemdPath),
			dbus.FieldInterface: dbus.MakeVariant(systemd + ".Manager"), dbus.FieldMember: dbus.MakeVariant("RestartUnit"),
			dbus.FieldSignature: dbus.MakeVariant(dbus.SignatureOf("", "")),
		},
		Body: []any{unit, "replace"},
	}, nil).Done
	select {
	case call := <-done:
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return classify(call.Err)
	case <-ctx.Done():
		return ctx.Err()
	}
}

// timesyncd returns the properties of systemd-timesyncd (org.freedesktop.timesync1), nil where it does not run.
func timesyncd(ctx context.Context) map[string]dbus.Variant {
	conn, err := dbus.ConnectSystemBus(dbus.WithContext(ctx))
	if err != nil {
		return nil
	}
	defer conn.Close()
	var props map[string]dbus.Variant
	call := conn.Object(timesync, timesyncPath).CallWithContext(ctx, "org.freedesktop.DBus.Properties.GetAll", dbus.FlagNoAutoStart, timesync+".Manager")
	if call.Store(&props) != nil {
		return nil
	}
	return props
}

// lastMessage is when the last answer came, the twelfth field of NTPMessage: (uuuuittayttttbtt), in microseconds.
func lastMessage(message dbus.Variant) time.Time {
	fields, _ := message.Value().([]any)
	if len(fields) < 12 {
		return time.Time{}
	}
	us, _ := fields[11].(uint64)
	if us == 0 || us > 1<<62 {
		return time.Time{}
	}
	return time.UnixMicro(int64(us))
}

// refTime is the reference time that ntpd reports, "reftime=ee9c3a5f.00000000 …": hexadecimal seconds since
// 1900, folded at 2036.
func refTime(says string) time.Time {
	const since1900 = 2208988800
	_, rest, _ := strings.Cut(says, "reftime=")
	rest, _, _ = strings.Cut(strings.TrimPrefix(rest, "0x"), ".")
	s, err := strconv.ParseUint(rest, 16, 32)
	switch {
	case err != nil || s == 0:
		return time.Time{}
	case s < 1<<31:
		s += 1 << 32
	}
	return time.Unix(int64(s)-since1900, 0)
}

// chronyc asks chronyd, and returns nil where it does not run.
func chronyc(ctx context.Context, command string) [][]string {
	rows, err := csv.NewReader(bytes.NewReader(ask(ctx, "chronyc", "-c", "-n", command))).ReadAll()
	if err != nil {
		return nil
	}
	return rows
}

// maxSaid is how much of what a program says is taken.
const maxSaid = 16 << 10

// ask runs a program and returns what it says; nil where there is none, or it fails.
func ask(ctx context.Context, program string, args ...string) []byte {
	ctx, cancel := context.WithTimeout(ctx, answer/2)
	defer cancel()
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.WaitDelay = time.Second
	out, err := cmd.Output()
	if err != nil || len(out) > maxSaid {
		return nil
	}
	return out
}

package sessionbus

import (
	"bufio"
	"context"
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"
)

func TestAddress(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a b")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("XDG_RUNTIME_DIR", dir)
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "")
	if got, err := Address(); !errors.Is(err, ErrNone) {
		t.Errorf("without a bus: %q, %v", got, err)
	}
	if err := os.WriteFile(filepath.Join(dir, "bus"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	socket := "unix:path=" + strings.ReplaceAll(dir, " ", "%20") + "/bus"
	for value, want := range map[string]string{
		"": socket, "autolaunch:": socket, "autolaunch:scope=*user": socket, "unix:path=/x": "unix:path=/x",
	} {
		t.Setenv("DBUS_SESSION_BUS_ADDRESS", value)
		if got, err := Address(); err != nil || got != want {
			t.Errorf("%q: %q, %v; want %q", value, got, err, want)
		}
	}
}

// TestConnectStartsNothing: without a bus dbus-launch is not run.
func TestConnectStartsNothing(t *testing.T) {
	dir := t.TempDir()
	trace := filepath.Join(dir, "ran")
	if err := os.WriteFile(filepath.Join(dir, "dbus-launch"), []byte("#!/bin/sh\n: >"+trace+"\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir)
	t.Setenv("XDG_RUNTIME_DIR", dir)
	for _, address := range []string{"", "autolaunch:", "autolaunch:scope=x", "garbage", "unix:path=" + dir + "/none"} {
		t.Setenv("DBUS_SESSION_BUS_ADDRESS", address)
		if conn, err := Connect(t.Context()); err == nil {
			conn.Close()
			t.Errorf("%q: connected", address)
		}
	}
	if _, err := os.Stat(trace); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("dbus-launch was run: %v", err)
	}
}

// TestConnectToSilence: a bus that does not answer holds nobody up.
func TestConnectToSilence(t *testing.T) {
	socket := filepath.Join(t.TempDir(), "bus")
	l, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path="+socket)
	begin := time.Now()
	if _, err := Connect(t.Context()); !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
	if took := time.Since(begin); took > 5*timeout {
		t.Errorf("it took %v", took)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Connect(ctx); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// TestConnectionLasts: until its context ends, and beyond the time that connecting may take.
func TestConnectionLasts(t *testing.T) {
	if _, err := exec.LookPath("dbus-daemon"); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("install dbus-daemon")
		}
		t.Skip("install dbus-daemon")
	}
	dir := t.TempDir()
	conf := filepath.Join(dir, "bus.conf")
	if err := os.WriteFile(conf, []byte(`<busconfig><type>session</type><listen>unix:path=`+dir+`/bus</listen>
<policy context="default"><allow send_destination="*"/><allow receive_sender="*"/></policy></busconfig>`), 0o600); err != nil {
		t.Fatal(err)
	}
	daemon := exec.Command("dbus-daemon", "--config-file="+conf, "--nofork", "--print-address")
	out, err := daemon.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := daemon.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { daemon.Process.Kill(); daemon.Wait() })
	if _, err := bufio.NewReader(out).ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "")
	t.Setenv("XDG_RUNTIME_DIR", dir)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	conn, err := Connect(ctx, dbus.WithSignalHandler(dbus.NewSequentialSignalHandler()))
	if err != nil {
		t.Fatal(err)
	}
	other, err := Connect(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	if a, b := conn.Names()[0], other.Names()[0]; a == b {
		t.Errorf("both are %s", a)
	}
	time.Sleep(timeout + timeout/10) // what is shown is that nothing happens
	if !conn.Connected() {
		t.Error("it was closed")
	}
	cancel()
	<-conn.Context().Done()
	for begin := time.Now(); conn.Connected(); time.Sleep(time.Millisecond) {
		if time.Since(begin) > 10*time.Second {
			t.Fatal("still connected")
		}
	}
}

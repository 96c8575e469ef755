package tray

import (
	"net"
	"path/filepath"
	"testing"
)

// A bus that is gone, or says nothing, is no desktop.
func TestNoBus(t *testing.T) {
	socket := filepath.Join(t.TempDir(), "bus")
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path="+socket)
	if _, _, err := host(t.Context()); err == nil {
		t.Error("no error without a bus")
	}
	l, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if _, _, err := host(t.Context()); err == nil {
		t.Error("no error with a bus that says nothing")
	}
}

package inhibit

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"

	"fermata/checks/bustest"
)

// logind gives out locks, and tells what they are for and when they are released.
type logind struct{ taken, released chan string }

// Inhibit implements org.freedesktop.login1.Manager.
func (l *logind) Inhibit(what, who, why, mode string) (dbus.UnixFD, *dbus.Error) {
	held, lock, err := os.Pipe()
	if err != nil {
		return 0, dbus.MakeFailedError(err)
	}
	fd := dbus.UnixFD(lock.Fd())
	go func() {
		time.AfterFunc(50*time.Millisecond, func() { lock.Close() }) // it was sent by then
		io.Copy(io.Discard, held)                                    // ends when nobody has it any more
		held.Close()
		l.released <- what
	}()
	l.taken <- fmt.Sprint(what, ", ", who, ", ", why, ", ", mode)
	return fd, nil
}

// await returns what comes, or fails the test.
func await(t *testing.T, c chan string) string {
	t.Helper()
	select {
	case s := <-c:
		return s
	case <-time.After(10 * time.Second):
		t.Fatal("nothing has come in ten seconds")
		return ""
	}
}

func TestTransport(t *testing.T) {
	bus := bustest.Start(t)
	t.Setenv("DBUS_SYSTEM_BUS_ADDRESS", bus.Address)
	l := &logind{make(chan string, 8), make(chan string, 8)}
	conn := bus.Connect(t)
	if err := conn.Export(l, "/org/freedesktop/login1", "org.freedesktop.login1.Manager"); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.RequestName("org.freedesktop.login1", 0); err != nil {
		t.Fatal(err)
	}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost { // the answer is on its way while the lock is held
			if got, want := await(t, l.taken), "sleep:shutdown, Fermata, A sign-in is being renewed, delay"; got != want {
				t.Errorf("asked for %q, want %q", got, want)
			}
		}
		fmt.Fprint(w, "token")
	}))
	defer s.Close()
	client := http.Client{Transport: Transport(http.DefaultTransport)}
	resp, err := client.Post(s.URL, "text/plain", nil)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(resp.Body)
	if err != nil || string(text) != "token" {
		t.Errorf("the answer is %q, %v", text, err)
	}
	select {
	case <-l.released:
		t.Error("released before the answer was read and closed")
	case <-time.After(200 * time.Millisecond):
	}
	resp.Body.Close()
	await(t, l.released)

	if resp, err = client.Get(s.URL); err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	s.Close()
	if _, err := client.Post(s.URL, "text/plain", nil); err == nil {
		t.Error("no error without a server")
	}
	await(t, l.taken)
	await(t, l.released)
	if len(l.taken) > 0 {
		t.Error("a GET request has taken a lock")
	}
}

// Without a system bus a request is sent all the same.
func TestNoBus(t *testing.T) {
	t.Setenv("DBUS_SYSTEM_BUS_ADDRESS", "unix:path="+filepath.Join(t.TempDir(), "bus"))
	s := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer s.Close()
	resp, err := (&http.Client{Transport: Transport(http.DefaultTransport)}).Post(s.URL, "text/plain", nil)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
}

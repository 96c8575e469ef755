package command_test

import (
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"fermata/app/secrets"
	"fermata/checks/standin"

	"github.com/gofrs/flock"
	"golang.org/x/sys/unix"
)

// TestKilled kills the program itself a hundred times where it has the one copy of the new refresh token, or
// is about to get it. The next start says each time that the renewal was interrupted, and blames nobody.
func TestKilled(t *testing.T) {
	const times = 100
	world := standin.NewWorld(4)
	if err := world.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	var right atomic.Int64
	t.Run("kill", func(t *testing.T) {
		for i := range times {
			ph := []phase{sent, onItsWay, saving}[i%3]
			args := [][]string{nil, {"refresh"}}[i%2] // the tray, and a command without one
			t.Run(fmt.Sprintf("%d: %v, %v", i, args, ph), func(t *testing.T) {
				t.Parallel()
				p := killed(t, world.TimeAddresses(), ph, args...)
				var v verdict
				synctest.Test(t, func(*testing.T) { v = p.next() })
				if v.cause == "interrupted" && strings.Contains(v.why, "interrupted before its answer was saved") && len(v.blame) == 0 {
					right.Add(1)
					return
				}
				t.Errorf("%s: %s %q", v.cause, v.why, v.blame)
			})
		}
	})
	t.Logf("%d of %d told as interrupted", right.Load(), times)
}

// killed is a person whose Fermata was killed in a phase of a renewal.
func killed(t *testing.T, times []string, ph phase, args ...string) *person {
	home := t.TempDir()
	dir := filepath.Join(home, "fermata") // of the state
	path := filepath.Join(dir, "sign-ins.json")
	p := newPerson(t, dir, secrets.NewFile(path))
	s := newStage(min(ph, onItsWay))
	server := httptest.NewServer(p.provider(s.at))
	defer server.Close()
	defer s.release() // the provider knows nothing of the end
	config := filepath.Join(home, "config.toml")
	text := fmt.Sprintf(`clock.servers = ["%s"]
secrets.store = "file"
[[account]]
name = %q
provider = "oauth2"
client_id = %q
authorize_url = "%[4]s/authorize"
token_url = "%[4]s/api/token"
api_url = "%[4]s/v1/me"
`, strings.Join(times, `", "`), accountName, standin.ClientID, server.URL)
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	reached := func() { within(t, s.reached) }
	if ph == saving { // which waits as long as somebody else saves, as the making of room before the request does
		other := flock.New(path + ".lock")
		defer other.Close()
		reached = func() {
			within(t, s.reached)
			if err := other.Lock(); err != nil {
				t.Fatal(err)
			}
			saves := opened(t, other.Path())
			s.release()
			saves()
		}
	}
	cmd := exec.Command("fermata", append([]string{"--config", config}, args...)...)
	cmd.Env = append(os.Environ(), "HOME="+home, "XDG_RUNTIME_DIR="+home, "XDG_CONFIG_HOME="+home, "XDG_STATE_HOME="+home, "XDG_CACHE_HOME="+home,
		"DISPLAY=", "DBUS_SESSION_BUS_ADDRESS=unix:path="+filepath.Join(home, "bus"))
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	reached()
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
	return p
}

// opened returns a function that waits until somebody opens a file from now on.
func opened(t *testing.T, path string) (wait func()) {
	t.Helper()
	fd, err := unix.InotifyInit1(unix.IN_CLOEXEC | unix.IN_NONBLOCK)
	if err != nil {
		t.Fatal(err)
	}
	events := os.NewFile(uintptr(fd), "inotify")
	t.Cleanup(func() { events.Close() })
	if _, err = unix.InotifyAddWatch(fd, path, unix.IN_OPEN); err == nil {
		err = events.SetReadDeadline(time.Now().Add(patience))
	}
	if err != nil {
		t.Fatal(err)
	}
	return func() {
		if _, err := events.Read(make([]byte, 1024)); err != nil {
			t.Fatal(err)
		}
	}
}

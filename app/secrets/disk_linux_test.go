package secrets_test

import (
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"fermata/app/secrets"
	"fermata/checks"
	"fermata/checks/session"
	"fermata/checks/spotify"
	"fermata/checks/standin"
)

// fill fills the disk that a folder is on.
func fill(t *testing.T, dir string) {
	t.Helper()
	f, err := os.Create(filepath.Join(dir, "full"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for err == nil {
		_, err = f.WriteString(strings.Repeat("x", 512))
	}
	if !errors.Is(err, syscall.ENOSPC) {
		t.Fatal(err)
	}
}

// filling fills the disk while the answer is on its way.
type filling struct {
	http.RoundTripper
	fill func()
}

func (f filling) RoundTrip(r *http.Request) (*http.Response, error) {
	f.fill()
	return f.RoundTripper.RoundTrip(r)
}

// The disk becomes full between a renewal's request and its answer: the answer is saved all the same, and nothing
// is asked for after that until there is room again.
func TestDiskFull(t *testing.T) {
	disk := t.TempDir()
	if err := syscall.Mount("tmpfs", disk, "tmpfs", 0, "size=128k"); err != nil {
		t.Skip("mounting a small disk takes root:", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(disk, 0); err != nil {
			t.Error(err)
		}
	})
	h := newHome(t)
	path := filepath.Join(disk, "sign-ins.json")
	from := secrets.NewFile(filepath.Join(h.dir, "sign-ins.json"))
	g, err := from.Load(t.Context(), "spotify")
	if err != nil {
		t.Fatal(err)
	}
	if err := secrets.NewFile(path).Save(t.Context(), "spotify", g); err != nil {
		t.Fatal(err)
	}
	a := session.New(session.Config{Name: "spotify", ClientID: standin.ClientID, Provider: spotify.Provider(), Guard: secrets.NewGuard(disk)},
		filling{h, func() { fill(t, disk) }}, wall{}, secrets.NewFile(path))
	if err := a.Refresh(t.Context()); err != nil || a.Unsaved() != nil {
		t.Fatalf("%v, unsaved: %v", err, a.Unsaved())
	}
	if kept, err := secrets.NewFile(path).Load(t.Context(), "spotify"); err != nil || kept.RefreshToken == g.RefreshToken {
		t.Errorf("kept is what was: %v, %v", kept.RefreshToken == g.RefreshToken, err)
	}
	fill(t, disk)
	nothingIsAsked(t, h, a)
	err = a.Refresh(t.Context())
	if !errors.Is(err, syscall.ENOSPC) || !strings.HasPrefix(checks.Hint(err), "Make room") {
		t.Errorf("%v, hint %q", err, checks.Hint(err))
	}
	if err := os.Remove(filepath.Join(disk, "full")); err != nil {
		t.Fatal(err)
	}
	if err := a.Refresh(t.Context()); err != nil {
		t.Errorf("there is room again: %v", err)
	}
}

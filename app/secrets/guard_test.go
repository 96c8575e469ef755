package secrets_test

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"fermata/app/secrets"
	"fermata/checks"
	"fermata/checks/session"
	"fermata/checks/spotify"
	"fermata/checks/standin"
)

// A home is one person's: every process in it has the same folder of sign-ins.
type home struct {
	dir     string
	spotify *standin.Spotify
	faults  faults
}

// faults stand between a process and its store or the provider.
type faults struct {
	mu     sync.Mutex
	answer bool // the reply is lost on its way
	save   bool // what was answered is not saved
}

func (f *faults) set(answer, save bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.answer, f.save = answer, save
}

var errCut = errors.New("the connection was cut")

func (h *home) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := h.spotify.Transport().RoundTrip(r)
	h.faults.mu.Lock()
	defer h.faults.mu.Unlock()
	if h.faults.answer {
		return nil, errCut
	}
	return resp, err
}

type store struct {
	session.Keeper
	faults *faults
}

func (s store) Save(ctx context.Context, account string, g session.Grant) error {
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	if s.faults.save {
		return errors.New("no space left on device")
	}
	return s.Keeper.Save(ctx, account, g)
}

type wall struct{}

func (wall) Now() time.Time         { return time.Now() }
func (wall) Elapsed() time.Duration { return time.Duration(time.Now().UnixNano()) }

// newHome is signed in, with a provider that rotates and revokes the sign-in on reuse.
func newHome(t *testing.T) *home {
	t.Helper()
	h := &home{dir: filepath.Join(t.TempDir(), "fermata"), spotify: standin.NewSpotify()}
	h.spotify.Rotate(true)
	h.spotify.RevokeReused(true)
	a := h.process()
	attempt, err := a.Begin(spotify.RedirectURI, false)
	if err != nil {
		t.Fatal(err)
	}
	back, err := h.spotify.Agree(attempt.URL)
	if err != nil {
		t.Fatal(err)
	}
	if err := attempt.Finish(t.Context(), back.Query()); err != nil {
		t.Fatal(err)
	}
	if err := a.Unsaved(); err != nil {
		t.Fatal(err)
	}
	return h
}

// process is the account as another process has it.
func (h *home) process() *session.Account {
	keeper := store{secrets.NewFile(filepath.Join(h.dir, "sign-ins.json")), &h.faults}
	return session.New(session.Config{Name: "spotify", ClientID: standin.ClientID, Provider: spotify.Provider(),
		Guard: secrets.NewGuard(h.dir)}, h, wall{}, keeper)
}

func (h *home) records(t *testing.T) int {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(h.dir, "renewal-*.json"))
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, path := range found {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		n += len(bytes.Fields(text))
	}
	return n
}

// Two processes that know nothing of each other renew at once and in turn: nobody comes with an old token.
func TestTwoProcesses(t *testing.T) {
	h := newHome(t)
	a, b := h.process(), h.process()
	for range 5 {
		var both sync.WaitGroup
		for _, p := range []*session.Account{a, b} {
			both.Go(func() {
				if err := p.Refresh(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
		both.Wait()
	}
	if n := h.spotify.Peak("/api/token"); n != 1 {
		t.Errorf("%d renewals in flight at once", n)
	}
	if n := h.records(t); n != 0 {
		t.Errorf("%d records of renewals stay", n)
	}
	if err := h.process().Refresh(t.Context()); err != nil {
		t.Errorf("the next start: %v", err)
	}
}

// Each fault leaves behind what the next start can explain. A process that ends is one that is closed.
func TestInterrupted(t *testing.T) {
	for _, tt := range []struct {
		name         string
		answer, save bool
		refused      bool
		lost         session.Loss
		says         string
	}{
		{name: "nothing happens"},
		{name: "the answer is cut off", answer: true, refused: true, lost: session.LostAnswer, says: "the answer to the renewal "},
		{name: "not saved", save: true, refused: true, lost: session.LostSave, says: "the renewal "},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h := newHome(t)
			a := h.process()
			h.faults.set(tt.answer, tt.save)
			began := time.Now()
			err := a.Refresh(t.Context())
			if (err != nil) != tt.answer || (a.Unsaved() != nil) != tt.save {
				t.Fatalf("Refresh: %v, unsaved: %v", err, a.Unsaved())
			}
			if tt.save && (checks.Hint(a.Unsaved()) == "" || !strings.Contains(a.Unsaved().Error(), "no space left")) {
				t.Errorf("unsaved: %v", a.Unsaved())
			}
			_ = a.Close(t.Context())
			h.faults.set(false, false)
			next := h.process()
			err = next.Refresh(t.Context())
			f, _ := next.Look(t.Context())
			if (err != nil) != tt.refused {
				t.Fatalf("the next start: %v", err)
			}
			if !tt.refused {
				return
			}
			if !strings.HasPrefix(err.Error(), tt.says) || checks.Hint(err) != "Sign in again." {
				t.Errorf("the next start says %q, hint %q", err, checks.Hint(err))
			}
			r := f.Renewal
			if r == nil || r.Interrupted.Lost != tt.lost || r.Interrupted.Began.Sub(began).Abs() > time.Minute {
				t.Errorf("the next start: %+v", r)
			}
			if !strings.Contains(err.Error(), " earlier ") {
				t.Errorf("the next start does not say when: %v", err)
			}
			// Asked again, it says so again.
			again := h.process()
			again.Refresh(t.Context())
			if f, _ := again.Look(t.Context()); f.Renewal == nil || f.Renewal.Interrupted != r.Interrupted {
				t.Errorf("the start after that: %+v", f.Renewal)
			}
		})
	}
}

// Killed between the request and the saving: the record is all that is left.
func TestKilled(t *testing.T) {
	h := newHome(t)
	keeper := secrets.NewFile(filepath.Join(h.dir, "sign-ins.json"))
	g, err := keeper.Load(t.Context(), "spotify")
	if err != nil {
		t.Fatal(err)
	}
	if err := h.process().Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	began := time.Now().Add(-time.Hour).Truncate(time.Second)
	if _, err := secrets.NewGuard(h.dir).Begin("spotify", g.RefreshToken, began); err != nil {
		t.Fatal(err)
	}
	if err := keeper.Save(t.Context(), "spotify", g); err != nil { // the reply never got there
		t.Fatal(err)
	}
	next := h.process()
	if err := next.Refresh(t.Context()); !strings.Contains(err.Error(), " was interrupted before its answer was saved: ") {
		t.Errorf("the next start says %q", err)
	}
	f, _ := next.Look(t.Context())
	if f.Renewal == nil || f.Renewal.Interrupted.Lost != session.LostEnd || !f.Renewal.Interrupted.Began.Equal(began) {
		t.Errorf("%+v", f.Renewal)
	}
}

// A sign-in that was really revoked is not called interrupted.
func TestRevokedIsNotInterrupted(t *testing.T) {
	h := newHome(t)
	a := h.process()
	if err := a.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	h.spotify.Revoke()
	for range 2 {
		next := h.process()
		if f, _ := next.Look(t.Context()); f.Renewal == nil || !f.Renewal.Interrupted.Began.IsZero() {
			t.Errorf("%+v", f.Renewal)
		}
	}
}

// Where nothing can be saved, nothing is asked for.
func TestNothingCanBeSaved(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("root writes everywhere")
	}
	h := newHome(t)
	a := h.process()
	if err := a.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(h.dir, 0o500); err != nil {
		t.Fatal(err)
	}
	defer os.Chmod(h.dir, 0o700)
	nothingIsAsked(t, h, a)
	nothingIsAsked(t, h, h.process())
	os.Chmod(h.dir, 0o700)
	if err := a.Refresh(t.Context()); err != nil {
		t.Errorf("writable again: %v", err)
	}
}

// A folder that stands where the record is to be stops root as well.
func TestNothingCanBeRecorded(t *testing.T) {
	h := newHome(t)
	a := h.process()
	if err := os.MkdirAll(filepath.Join(h.dir, "renewal-spotify.json", "x"), 0o700); err != nil {
		t.Fatal(err)
	}
	nothingIsAsked(t, h, a)
}

func nothingIsAsked(t *testing.T, h *home, a *session.Account) {
	t.Helper()
	before := h.spotify.Count("/api/token")
	err := a.Refresh(t.Context())
	trouble, ok := errors.AsType[*session.Trouble](err)
	if !ok || trouble.Where != session.AtKeyring || !strings.HasPrefix(err.Error(), "can’t save to ") || checks.Hint(err) == "" {
		t.Errorf("%v, hint %q", err, checks.Hint(err))
	}
	if n := h.spotify.Count("/api/token"); n != before {
		t.Errorf("%d renewals were asked for", n-before)
	}
}

// Accounts share one file: processes that save different ones at once lose neither.
func TestFileOfTwoProcesses(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sign-ins.json")
	var all sync.WaitGroup
	names := []string{"a", "b", "c", "d"}
	for _, name := range names {
		all.Go(func() {
			if err := secrets.NewFile(path).Save(t.Context(), name, session.Grant{RefreshToken: name}); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	for _, name := range names {
		if g, err := secrets.NewFile(path).Load(t.Context(), name); err != nil || g.RefreshToken != name {
			t.Errorf("%s: %+v, %v", name, g, err)
		}
	}
}

// Whoever waits for the lock ends with its context.
func TestLockWaits(t *testing.T) {
	guard := secrets.NewGuard(t.TempDir())
	unlock, err := guard.Lock(t.Context(), "spotify")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := guard.Lock(ctx, "spotify"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("held: %v", err)
	}
	unlock()
	again, err := guard.Lock(t.Context(), "spotify")
	if err != nil {
		t.Fatalf("free: %v", err)
	}
	again()
}

// A process that could not save the newest token keeps the lock: what is kept is no longer good.
func TestUnsavedKeepsTheLock(t *testing.T) {
	h := newHome(t)
	a, b := h.process(), h.process()
	h.faults.set(false, true)
	if err := a.Refresh(t.Context()); err != nil || a.Unsaved() == nil {
		t.Fatalf("%v, unsaved: %v", err, a.Unsaved())
	}
	h.faults.set(false, false)
	before := h.spotify.Count("/api/token")
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	if err := b.Refresh(ctx); !errors.Is(err, context.DeadlineExceeded) || h.spotify.Count("/api/token") != before {
		t.Errorf("the other process: %v, %d renewals", err, h.spotify.Count("/api/token")-before)
	}
	if err := a.Close(t.Context()); err != nil || a.Unsaved() != nil {
		t.Errorf("the last try to save: %v, %v", err, a.Unsaved())
	}
	if err := b.Refresh(t.Context()); err != nil {
		t.Errorf("once it is saved: %v", err)
	}
}

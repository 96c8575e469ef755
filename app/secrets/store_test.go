package secrets_test

import (
	"context"
	"errors"
	"path/filepath"
	"testing"

	"fermata/app/secrets"
	"fermata/checks/session"
	"fermata/checks/spotify"
	"fermata/checks/standin"
)

var kept = session.Grant{RefreshToken: "a secret", Scope: "user-read-private", ClientID: standin.ClientID}

// has checks where the sign-in is: in the keyring, in the file, or nowhere else.
func has(t *testing.T, what string, keyring, file session.Keeper, wantKeyring, wantFile string) {
	t.Helper()
	for name, place := range map[string]struct {
		session.Keeper
		want string
	}{"keyring": {keyring, wantKeyring}, "file": {file, wantFile}} {
		g, err := place.Load(t.Context(), "spotify")
		if g.RefreshToken != place.want || (err == nil) != (place.want != "") || err != nil && !errors.Is(err, session.ErrNoGrant) {
			t.Errorf("%s: the %s has %q, %v; want %q", what, name, g.RefreshToken, err, place.want)
		}
	}
}

func TestStoreMoves(t *testing.T) {
	keyring, file := secrets.NewMemory(), secrets.NewFile(filepath.Join(t.TempDir(), "sign-ins.json"))
	ctx, s := t.Context(), secrets.NewStore(keyring, file, "keyring")
	if _, err := s.Load(ctx, "spotify"); !errors.Is(err, session.ErrNoGrant) {
		t.Errorf("Load of nothing: %v", err)
	}
	if err := s.Save(ctx, "spotify", kept); err != nil {
		t.Fatal(err)
	}
	has(t, "saved", keyring, file, "a secret", "")
	if s.Use("keyring") || !s.Use("file") || s.Use("file") {
		t.Error("Use does not tell a change")
	}
	has(t, "chosen", keyring, file, "a secret", "")
	if g, err := s.Load(ctx, "spotify"); err != nil || g != kept {
		t.Errorf("before it was moved: %+v, %v", g, err)
	}
	if err := s.Prepare(ctx, "spotify"); err != nil || s.Elsewhere("spotify") != nil {
		t.Errorf("%v, elsewhere: %v", err, s.Elsewhere("spotify"))
	}
	has(t, "moved", keyring, file, "", "a secret")

	s.Use("keyring")
	newer := kept
	newer.RefreshToken = "a newer secret"
	if err := s.Save(ctx, "spotify", newer); err != nil { // moves, too
		t.Error(err)
	}
	has(t, "moved back", keyring, file, "a newer secret", "")

	// The choice of another run.
	s = secrets.NewStore(keyring, file, "file")
	if g, err := s.Load(ctx, "spotify"); err != nil || g != newer {
		t.Errorf("Load after a restart: %+v, %v", g, err)
	}
	has(t, "read only", keyring, file, "a newer secret", "")
	if err := s.Prepare(ctx, "spotify"); err != nil {
		t.Error(err)
	}
	has(t, "moved after a restart", keyring, file, "", "a newer secret")

	s.Use("keyring") // and signed out before it is moved; in the keyring is one of long ago
	if err := keyring.Save(ctx, "spotify", kept); err != nil {
		t.Fatal(err)
	}
	if err := s.Delete(ctx, "spotify"); err != nil {
		t.Error(err)
	}
	has(t, "signed out", keyring, file, "", "")
}

// A place with troubles.
type place struct {
	session.Keeper
	unread, unsaved, undeleted bool
	forgets                    bool // what is saved is another sign-in
}

var errBad = errors.New("it has a trouble")

func (p *place) Load(ctx context.Context, account string) (session.Grant, error) {
	if p.unread {
		return session.Grant{}, errBad
	}
	return p.Keeper.Load(ctx, account)
}

func (p *place) Save(ctx context.Context, account string, g session.Grant) error {
	if p.unsaved {
		return errBad
	}
	if p.forgets {
		g.RefreshToken = "another"
	}
	return p.Keeper.Save(ctx, account, g)
}

func (p *place) Delete(ctx context.Context, account string) error {
	if p.undeleted {
		return errBad
	}
	return p.Keeper.Delete(ctx, account)
}

// What can't be moved stays where it was, and there alone, until it can.
func TestStoreStays(t *testing.T) {
	for name, fail := range map[string]func(from, to *place, bad bool){
		"can't be written":    func(_, to *place, bad bool) { to.unsaved = bad },
		"can't be read back":  func(_, to *place, bad bool) { to.unread = bad },
		"comes back changed":  func(_, to *place, bad bool) { to.forgets = bad },
		"can't be removed":    func(from, _ *place, bad bool) { from.undeleted = bad },
		"can't be read there": func(from, _ *place, bad bool) { from.unread = bad },
	} {
		from, to := &place{Keeper: secrets.NewMemory()}, &place{Keeper: secrets.NewMemory()}
		ctx, s := t.Context(), secrets.NewStore(from, to, "keyring")
		if err := s.Save(ctx, "spotify", kept); err != nil {
			t.Fatal(err)
		}
		s.Use("file")
		fail(from, to, true)
		if err := s.Prepare(ctx, "spotify"); err != nil || s.Elsewhere("spotify") == nil {
			t.Errorf("%s: %v, elsewhere: %v", name, err, s.Elsewhere("spotify"))
		}
		has(t, name, from.Keeper, to.Keeper, "a secret", "")
		newer := kept
		newer.RefreshToken = "a newer secret"
		if err := s.Save(ctx, "spotify", newer); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if !from.unread {
			has(t, name+", saved", from.Keeper, to.Keeper, "a newer secret", "")
		}
		fail(from, to, false)
		if err := s.Prepare(ctx, "spotify"); err != nil || s.Elsewhere("spotify") != nil {
			t.Errorf("%s, mended: %v, elsewhere: %v", name, err, s.Elsewhere("spotify"))
		}
		has(t, name+", mended", from.Keeper, to.Keeper, "", "a newer secret")
	}
}

// What can't be saved where it was is saved where it is to be; if that fails too, it is an error.
func TestStoreSavesSomewhere(t *testing.T) {
	from, to := &place{Keeper: secrets.NewMemory()}, &place{Keeper: secrets.NewMemory()}
	ctx, s := t.Context(), secrets.NewStore(from, to, "keyring")
	if err := s.Save(ctx, "spotify", kept); err != nil {
		t.Fatal(err)
	}
	s.Use("file")
	from.unsaved, to.unsaved = true, true
	newer := kept
	newer.RefreshToken = "a newer secret"
	if err := s.Save(ctx, "spotify", newer); !errors.Is(err, errBad) {
		t.Errorf("nowhere: %v", err)
	}
	to.unsaved = false
	if err := s.Save(ctx, "spotify", newer); err != nil || s.Elsewhere("spotify") != nil {
		t.Errorf("%v, elsewhere: %v", err, s.Elsewhere("spotify"))
	}
	has(t, "saved", from.Keeper, to.Keeper, "", "a newer secret")
}

// The store is changed while an account runs, to and fro, at a provider that revokes a sign-in whose old token
// comes again: nothing is lost, and what was in the way is told.
func TestStoreChangesWhileItRuns(t *testing.T) {
	h := newHome(t)
	file, keyring := secrets.NewFile(filepath.Join(h.dir, "sign-ins.json")), secrets.NewMemory()
	process := func(chosen string) (*session.Account, *secrets.Store) {
		s := secrets.NewStore(keyring, file, chosen)
		return session.New(session.Config{Name: "spotify", ClientID: standin.ClientID, Provider: spotify.Provider(),
			Guard: secrets.NewGuard(h.dir)}, h, wall{}, s), s
	}
	a, s := process("file")
	well := func(what string) {
		t.Helper()
		a.KeeperChanged()
		if f, _ := a.Look(t.Context()); !f.Usable || f.Trouble != nil || f.SaveError != nil {
			t.Errorf("%s: %+v", what, f)
		}
	}
	well("at first")
	keyring.Lock(true)
	s.Use("keyring")
	well("the keyring is locked")
	if err := s.Elsewhere("spotify"); !errors.Is(err, secrets.ErrLocked) {
		t.Errorf("elsewhere: %v", err)
	}
	if err := a.Refresh(t.Context()); err != nil {
		t.Error(err)
	}
	keyring.Lock(false)
	well("unlocked")
	if _, err := file.Load(t.Context(), "spotify"); !errors.Is(err, session.ErrNoGrant) || s.Elsewhere("spotify") != nil {
		t.Errorf("the file still has it: %v, elsewhere: %v", err, s.Elsewhere("spotify"))
	}
	for _, store := range []string{"file", "keyring", "file"} {
		s.Use(store)
		well(store)
		if err := a.Refresh(t.Context()); err != nil {
			t.Errorf("%s: %v", store, err)
		}
		next, _ := process(store)
		if err := next.Refresh(t.Context()); err != nil {
			t.Errorf("%s, another process: %v", store, err)
		}
	}
}

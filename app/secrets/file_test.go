package secrets

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"fermata/checks"
	"fermata/checks/session"
)

var _ = []session.Keeper{(*File)(nil), (*Memory)(nil), (*Keyring)(nil), (*Store)(nil)}

var _ = []session.Preparer{(*File)(nil), (*Store)(nil)}

func sample(token string) session.Grant {
	return session.Grant{RefreshToken: token, AuthorizedAt: time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC), Scope: "a b", ClientID: "c"}
}

// TestKeep is what every keeper that needs no system has to do.
func TestKeep(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state", "sign-ins.json")
	for name, k := range map[string]session.Keeper{"file": NewFile(path), "memory": NewMemory()} {
		ctx := t.Context()
		if _, err := k.Load(ctx, "a"); !errors.Is(err, session.ErrNoGrant) {
			t.Errorf("%s: Load of nothing: %v", name, err)
		}
		if err := k.Delete(ctx, "a"); err != nil {
			t.Errorf("%s: Delete of nothing: %v", name, err)
		}
		for _, account := range []string{"a", "b"} {
			for _, token := range []string{"old", "new " + account} {
				if err := k.Save(ctx, account, sample(token)); err != nil {
					t.Errorf("%s: Save: %v", name, err)
				}
			}
		}
		if err := k.Delete(ctx, "b"); err != nil {
			t.Errorf("%s: Delete: %v", name, err)
		}
		if name == "file" {
			k = NewFile(path) // after a restart
		}
		if g, err := k.Load(ctx, "a"); err != nil || g != sample("new a") {
			t.Errorf("%s: Load: %+v, %v", name, g, err)
		}
		if _, err := k.Load(ctx, "b"); !errors.Is(err, session.ErrNoGrant) {
			t.Errorf("%s: Load after Delete: %v", name, err)
		}
	}
}

func TestFileIsPrivate(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no such modes")
	}
	path := filepath.Join(t.TempDir(), "state", "sign-ins.json")
	f := NewFile(path)
	if err := f.Save(t.Context(), "a", sample("x")); err != nil {
		t.Fatal(err)
	}
	for p, want := range map[string]os.FileMode{path: 0o600, filepath.Dir(path): 0o700} {
		if fi, err := os.Stat(p); err != nil || fi.Mode().Perm() != want {
			t.Errorf("%s: %v, %v; want %v", p, fi.Mode(), err, want)
		}
	}
	if err := os.Chmod(path, 0o640); err != nil {
		t.Fatal(err)
	}
	_, err := f.Load(t.Context(), "a")
	for what, err := range map[string]error{"Load": err, "Save": f.Save(t.Context(), "a", sample("y")), "Delete": f.Delete(t.Context(), "a")} {
		if !errors.Is(err, ErrExposed) || checks.Hint(err) != "Run: chmod 600 "+path {
			t.Errorf("%s: %v, hint %q", what, err, checks.Hint(err))
		}
	}
	if fi, _ := os.Stat(path); fi.Mode().Perm() != 0o640 {
		t.Error("it was written all the same")
	}
}

// TestFileDamaged: what cannot be read is said, without its words, and never written over.
func TestFileDamaged(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sign-ins.json")
	f := NewFile(path)
	for _, text := range []string{"", "{", `{"a": "hush"}`, "hush", "null", "[]", strings.Repeat(" ", maxKept) + "{}"} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := f.Load(t.Context(), "a")
		for what, err := range map[string]error{"Load": err, "Save": f.Save(t.Context(), "a", sample("x"))} {
			if !errors.Is(err, ErrDamaged) || checks.Hint(err) == "" || strings.Contains(err.Error(), "hush") {
				t.Errorf("%s of %.20q: %v, hint %q", what, text, err, checks.Hint(err))
			}
		}
		if got, _ := os.ReadFile(path); string(got) != text {
			t.Errorf("%.20q became %.20q", text, got)
		}
	}
	if _, err := NewFile(t.TempDir()).Load(t.Context(), "a"); err == nil {
		t.Error("a folder was read")
	}
}

// A link is followed, and stays: the file that it leads to is replaced, under one lock for all who lead there.
func TestFileBehindLink(t *testing.T) {
	dir := t.TempDir()
	target, link := filepath.Join(dir, "elsewhere", "kept.json"), filepath.Join(dir, "sign-ins.json")
	if err := os.Symlink(target, link); err != nil {
		t.Skip("no symbolic links here:", err)
	}
	f, ctx := NewFile(link), t.Context()
	if err := f.Prepare(ctx, "spotify"); err != nil {
		t.Fatal(err)
	}
	for _, token := range []string{"one", "two"} {
		if err := f.Save(ctx, "spotify", session.Grant{RefreshToken: token}); err != nil {
			t.Fatal(err)
		}
		if g, err := NewFile(target).Load(ctx, "spotify"); err != nil || g.RefreshToken != token {
			t.Errorf("behind it: %q, %v", g.RefreshToken, err)
		}
	}
	if err := f.Delete(ctx, "spotify"); err != nil {
		t.Error(err)
	}
	if _, err := os.Readlink(link); err != nil {
		t.Error(err)
	}
	for _, place := range []string{dir, filepath.Dir(target)} {
		entries, err := os.ReadDir(place)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			if e.Name() != "sign-ins.json" && e.Name() != "elsewhere" && e.Name() != "kept.json.lock" {
				t.Errorf("%s is left", e.Name())
			}
		}
	}
}

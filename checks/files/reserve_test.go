package files

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// holds checks what is in a folder.
func holds(t *testing.T, dir string, want ...string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	var got []string
	for _, e := range entries {
		got = append(got, e.Name())
	}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("%s has %q, %v; want %q", dir, got, err, want)
	}
}

func TestReserve(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new")
	path := filepath.Join(dir, "file")
	if err := Reserve(path, 100, 0o600); err != nil {
		t.Fatal(err)
	}
	holds(t, dir, ".file.next")
	if err := Reserve(path, 50, 0o600); err != nil { // there is more already
		t.Fatal(err)
	}
	info, err := os.Stat(reserved(path))
	if err != nil || info.Size() != 100 || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
	if err := Reserve(path, 200, 0o600); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(reserved(path)); err != nil || info.Size() != 200 {
		t.Errorf("%v, %v", info, err)
	}
	for _, text := range []string{"short", strings.Repeat("long", 100)} {
		if err := Write(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		holds(t, dir, "file")
		if got, err := os.ReadFile(path); err != nil || string(got) != text {
			t.Errorf("read %q, %v", got, err)
		}
		if info, _ := os.Stat(path); runtime.GOOS != "windows" && info.Mode().Perm() != 0o644 {
			t.Errorf("mode %v", info.Mode())
		}
		if err := Reserve(path, 10, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for range 2 { // the second time there is nothing
		if err := Remove(path); err != nil {
			t.Error(err)
		}
		holds(t, dir)
	}
}

func TestReserveWhereNothingCanBe(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "file")
	if err := os.MkdirAll(filepath.Join(reserved(path), "full"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := Reserve(path, 1, 0o600); err == nil {
		t.Error("a folder is room")
	}
	if err := Remove(path); err == nil {
		t.Error("a folder was removed")
	}
	if err := Reserve(filepath.Join(path, "x"), 1, 0o600); err != nil {
		t.Error(err)
	}
}

// Links are followed, over others, and to where nothing is yet; they stay.
func TestLinks(t *testing.T) {
	dir := t.TempDir()
	link := func(to, name string) string {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := os.Symlink(to, path); err != nil {
			t.Skip("no symbolic links here:", err)
		}
		return path
	}
	if err := os.Mkdir(filepath.Join(dir, "real"), 0o700); err != nil {
		t.Fatal(err)
	}
	link("real", "folder")
	outer, target := link("folder/inner", "outer"), filepath.Join(dir, "real", "target")
	link("target", "real/inner")
	if got := Target(outer); got != target && got != filepath.Join(dir, "folder", "target") {
		t.Errorf("it leads to %s", got)
	}
	if err := Reserve(outer, 10, 0o600); err != nil {
		t.Fatal(err)
	}
	holds(t, filepath.Join(dir, "real"), ".target.next", "inner")
	if err := Write(outer, []byte("new"), 0o600); err != nil {
		t.Fatal(err)
	}
	holds(t, filepath.Join(dir, "real"), "inner", "target")
	if got, err := os.ReadFile(target); err != nil || string(got) != "new" {
		t.Errorf("%q, %v", got, err)
	}
	if err := Remove(outer); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(target); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("it is still there: %v", err)
	}
	if _, err := os.Readlink(outer); err != nil {
		t.Error(err)
	}
	circle := link("circle", "circle")
	if got := Target(circle); got != circle {
		t.Errorf("a circle leads to %s", got)
	}
}

package command

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fermata/app/core"
)

// What happened before is told; a file that can't be read is told, too, and one that is not there is nothing.
func TestReadPast(t *testing.T) {
	path := filepath.Join(t.TempDir(), "past.json")
	if past, lost := readPast(path); past != nil || lost {
		t.Errorf("without a file: %v, %v", past, lost)
	}
	for content, n := range map[string]int{
		`[{"at":"2026-11-20T12:00:00Z","kind":"began","account":"spotify","cause":"revoked","title":"Sign in to Spotify again"},{"at":"2026-11-20T13:00:00Z","kind":"of later"}]`: 2,
		"": -1, "{}": -1, `[{"at":"yesterday"}]`: -1, "[" + strings.Repeat(" ", maxPast) + "]": -1,
	} {
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		past, lost := readPast(path)
		if lost != (n < 0) || !lost && len(past) != n {
			t.Errorf("%.40q: %v, lost %v", content, past, lost)
		}
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(path, 0o700); err != nil {
		t.Fatal(err)
	}
	if _, lost := readPast(path); !lost {
		t.Error("a folder in its place is not told")
	}
}

// What can't be read is put aside before anything is written in its place, once.
func TestKeepPast(t *testing.T) {
	path := filepath.Join(t.TempDir(), "past.json")
	read := func(name string) string {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	if err := os.WriteFile(path, []byte("{}"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, lost := readPast(path)
	keep := keepPast(path, lost)
	for range 2 {
		if err := keep([]core.Happening{{Kind: core.Started}}); err != nil {
			t.Fatal(err)
		}
		if got := read(path + ".bad"); got != "{}" {
			t.Errorf("%q was put aside", got)
		}
	}
	past, lost := readPast(path)
	if len(past) != 1 || lost {
		t.Errorf("kept %v, lost %v", past, lost)
	}
	if err := keepPast(path, lost)(nil); err != nil || read(path+".bad") != "{}" {
		t.Errorf("a good one was put aside: %v", err)
	}
	// Where it can't be put aside, it stays.
	if err := os.WriteFile(path, []byte("[1]"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(path + ".bad"); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(path+".bad", "full"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := keepPast(path, true)(nil); err == nil || read(path) != "[1]" {
		t.Errorf("%v, and %q is left", err, read(path))
	}
}

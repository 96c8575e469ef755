package config

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/fsnotify/fsnotify"

	"fermata/checks/files"
)

// told waits for a change; a test that would hang fails instead.
func told(t *testing.T, what string, changes <-chan struct{}) {
	t.Helper()
	select {
	case _, ok := <-changes:
		if !ok {
			t.Fatalf("%s: the channel was closed", what)
		}
	case <-time.After(10 * time.Second):
		t.Fatalf("%s was not told", what)
	}
}

func TestWatch(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new", "config.toml")
	changes, err := Watch(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	steps := []struct {
		what string
		do   func() error
	}{
		{"made", func() error { return os.WriteFile(path, []byte("a=1"), 0o644) }},
		{"written", func() error { return os.WriteFile(path, []byte("a=2"), 0o644) }},
		{"replaced", func() error { return files.Write(path, []byte("a=3"), 0o644) }},
		{"replaced again", func() error { return files.Write(path, []byte("a=4"), 0o644) }},
		{"moved away", func() error { return os.Rename(path, path+"~") }},
		{"moved back", func() error { return os.Rename(path+"~", path) }},
		{"removed", func() error { return os.Remove(path) }},
	}
	for _, step := range steps {
		if err := step.do(); err != nil {
			t.Fatal(err)
		}
		told(t, step.what, changes)
	}
}

// TestRelay: neighbours are not told, a storm of events is one change once it is over, and changes
// that nobody took are one.
func TestRelay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &fsnotify.Watcher{Events: make(chan fsnotify.Event), Errors: make(chan error)}
		changes := make(chan struct{}, 1)
		ctx, cancel := context.WithCancel(t.Context())
		defer synctest.Wait()
		defer cancel()
		go relay(ctx, w, []string{"/c/config.toml"}, changes)
		waiting := func() int { time.Sleep(2 * settle); return len(changes) }

		w.Events <- fsnotify.Event{Name: "/c/config.toml~", Op: fsnotify.Write}
		w.Events <- fsnotify.Event{Name: "/c/config.toml", Op: fsnotify.Chmod}
		if n := waiting(); n != 0 {
			t.Errorf("%d changes without one", n)
		}
		start := time.Now()
		for range 20 {
			w.Events <- fsnotify.Event{Name: "/c/config.toml", Op: fsnotify.Write}
			time.Sleep(settle / 2)
		}
		<-changes
		if d := time.Since(start); d != 19*settle/2+settle {
			t.Errorf("told after %v", d)
		}
		if n := waiting(); n != 0 {
			t.Errorf("%d changes more", n)
		}
		w.Errors <- fsnotify.ErrEventOverflow
		waiting()
		w.Events <- fsnotify.Event{Name: "/c/config.toml", Op: fsnotify.Remove}
		if n := waiting(); n != 1 {
			t.Errorf("%d changes wait, want 1", n)
		}
	})
}

func TestWatchFollowsLink(t *testing.T) {
	target := filepath.Join(t.TempDir(), "dotfiles.toml")
	if err := os.WriteFile(target, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "config.toml")
	if err := os.Symlink(target, path); err != nil {
		t.Skip("no symbolic links here:", err)
	}
	changes, err := Watch(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(target, []byte("a=1"), 0o644); err != nil {
		t.Fatal(err)
	}
	told(t, "the link's target", changes)
}

func TestWatchEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	changes, err := Watch(ctx, filepath.Join(t.TempDir(), "config.toml"))
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	select {
	case _, ok := <-changes:
		if ok {
			t.Error("a change was told at the end")
		}
	case <-time.After(10 * time.Second):
		t.Error("Watch did not end")
	}
}

package config

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"testing/synctest"
	"time"

	"github.com/fsnotify/fsnotify"

	"fermata/checks/files"
)

// reported waits for a change; a test that would hang fails instead.
func reported(t *testing.T, what string, changes <-chan struct{}) {
	t.Helper()
	select {
	case _, ok := <-changes:
		if !ok {
			t.Fatalf("%s: the channel was closed", what)
		}
	case <-time.After(10 * time.Second):
		t.Fatalf("%s was not reported", what)
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
		reported(t, step.what, changes)
	}
}

// TestRelay: neighbours are not reported, a storm of events is one change once it is over, and changes
// that nobody took are one.
func TestRelay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &fsnotify.Watcher{Events: make(chan fsnotify.Event), Errors: make(chan error)}
		changes := make(chan struct{}, 1)
		ctx, cancel := context.WithCancel(t.Context())
		defer synctest.Wait()
		defer cancel()
		follow := func() []string { return []string{"/c/config.toml"} }
		go relay(ctx, w, []string{"/c/config.toml", "/d/old.toml"}, follow, changes)
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
			t.Errorf("reported after %v", d)
		}
		if n := waiting(); n != 0 {
			t.Errorf("%d changes more", n)
		}
		w.Events <- fsnotify.Event{Name: "/d/old.toml", Op: fsnotify.Write}
		if n := waiting(); n != 0 {
			t.Errorf("%d changes of a file that is no longer followed", n)
		}
		w.Errors <- fsnotify.ErrEventOverflow
		if n := waiting(); n != 1 {
			t.Errorf("%d changes after events were lost, want 1", n)
		}
		w.Events <- fsnotify.Event{Name: "/c/config.toml", Op: fsnotify.Remove}
		if n := waiting(); n != 1 {
			t.Errorf("%d changes wait, want 1", n)
		}
	})
}

// TestWatchFollowsLinks: a file behind a link is watched, also once the link, one further on or the
// folder is another; what is no longer behind it is not.
func TestWatchFollowsLinks(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	for _, name := range []string{"a", "b", "c", "fermata"} {
		if err := os.Mkdir(at(name), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	fill := func(name, text string) { t.Helper(); must(os.WriteFile(at(name), []byte(text), 0o644)) }
	link := func(target, name string) {
		t.Helper()
		if err := os.Symlink(filepath.FromSlash(target), at(name+"~")); err != nil {
			t.Skip("no symbolic links here:", err)
		}
		must(os.Rename(at(name+"~"), at(name)))
	}
	fill("a/old.toml", "")
	fill("c/new.toml", "")
	link("../a/old.toml", "fermata/config.toml")
	changes, err := Watch(t.Context(), at("fermata/config.toml"))
	must(err)
	fill("a/old.toml", "# written")
	reported(t, "the target", changes)
	link(at("a/old.toml"), "b/between.toml")
	link("../b/between.toml", "fermata/config.toml")
	reported(t, "another link", changes)
	link("../c/new.toml", "b/between.toml")
	reported(t, "another link further on", changes)
	fill("c/new.toml", "# written")
	reported(t, "the new target", changes)
	quiet := func() bool {
		select {
		case <-changes:
			return false
		case <-time.After(3 * settle):
			return true
		}
	}
	for !quiet() { // a slow computer reports one change twice
	}
	fill("a/old.toml", "# of no account")
	if !quiet() {
		t.Error("a file that is no longer linked was reported")
	}
	if runtime.GOOS == "windows" {
		return // it does not report that a watched folder was moved
	}
	must(os.Rename(at("fermata"), at("b/moved")))
	link("b/moved", "fermata")
	reported(t, "another folder", changes)
	link("../c/new.toml", "b/moved/config.toml") // that is b/c/new.toml, which is not there yet
	reported(t, "a link in the other folder", changes)
	must(os.Mkdir(at("b/c"), 0o755))
	fill("b/c/new.toml", "")
	link("../c/new.toml", "b/moved/config.toml")
	reported(t, "the same link again", changes)
	fill("b/c/new.toml", "# written")
	reported(t, "a file in the other folder", changes)
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
			t.Error("a change was reported at the end")
		}
	case <-time.After(10 * time.Second):
		t.Error("Watch did not end")
	}
}

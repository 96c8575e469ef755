package programs

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"
)

// Folders and files come and go; each change that a look would see is told, and no other.
func TestWatch(t *testing.T) {
	dir := home(t)
	t.Setenv("XDG_CONFIG_HOME", "")
	elsewhere := t.TempDir()
	c := New(0, &wrong{start: time.Now()}, "")
	c.Configure([]Setting{{Name: "bot", Glob: "~/projects/*/t"}, {Name: "link", Path: "~/link"}})
	c.settle = 50 * time.Millisecond
	changes, err := c.Watch(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	if _, next := c.Look(t.Context()); next != 0 {
		t.Errorf("next in %v", next)
	}
	for _, step := range []struct {
		name string
		do   func()
		told bool
	}{
		{"a file", func() { write(t, filepath.Join(dir, ".cache-a"), spotipy(time.Now())) }, true},
		{"another file", func() { write(t, filepath.Join(dir, "notes"), "x") }, false},
		{"the file again", func() { write(t, filepath.Join(dir, ".cache-a"), golang(time.Now())) }, true},
		{"it goes", func() { must(os.Remove(filepath.Join(dir, ".cache-a"))) }, true},
		{"folders", func() { write(t, filepath.Join(dir, ".spotdl/.spotipy"), spotipy(time.Now())) }, true},
		{"in it", func() { write(t, filepath.Join(dir, ".spotdl/.spotipy"), golang(time.Now())) }, true},
		{"beside it", func() { write(t, filepath.Join(dir, ".spotdl/log"), "x") }, false},
		{"folders go", func() { must(os.RemoveAll(filepath.Join(dir, ".spotdl"))) }, true},
		{"folders come again", func() { write(t, filepath.Join(dir, ".spotdl/.spotipy"), spotipy(time.Now())) }, true},
		{"in it again", func() { write(t, filepath.Join(dir, ".spotdl/.spotipy"), golang(time.Now())) }, true},
		{"by a pattern", func() { write(t, filepath.Join(dir, "projects/a/t"), spotipy(time.Now())) }, true},
		{"by it again", func() { write(t, filepath.Join(dir, "projects/a/t"), golang(time.Now())) }, true},
		{"a link", func() {
			must(os.Symlink(write(t, filepath.Join(elsewhere, "target"), spotipy(time.Now())), filepath.Join(dir, "link")))
		}, true},
		{"where it leads", func() { write(t, filepath.Join(elsewhere, "target"), golang(time.Now())) }, true},
	} {
		step.do()
		select {
		case <-changes:
			if !step.told {
				t.Errorf("%s: was told", step.name)
			}
		case <-time.After(map[bool]time.Duration{true: 10 * time.Second, false: time.Second / 2}[step.told]):
			if step.told {
				t.Errorf("%s: was not told", step.name)
			}
		}
		if _, next := c.Look(t.Context()); next != 0 {
			t.Errorf("%s: next in %v", step.name, next)
		}
	}
}

// A thousand files are all seen, cost a hundred kilobytes at most, and wake nobody.
func TestAThousandFiles(t *testing.T) {
	dir := home(t)
	state := filepath.Join(dir, "state.json")
	heap := func() int {
		runtime.GC()
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return int(m.HeapAlloc)
	}
	c := New(181*24*time.Hour, &wrong{start: time.Now()}, state)
	if _, err := c.Watch(t.Context()); err != nil {
		t.Fatal(err)
	}
	c.Look(t.Context())
	before := heap()
	for i := range 1000 {
		end := time.Now().Add(time.Duration(i) * time.Second)
		write(t, filepath.Join(dir, fmt.Sprintf(".cache-user%03d", i)), fmt.Sprintf(`{"access_token":"a%d","refresh_token":"r%d","expires_at":%d}`, i, i, end.Unix()))
	}
	list, next := c.Look(t.Context())
	if list.Len() != 1000 || next != 0 {
		t.Errorf("%d files, next in %v", list.Len(), next)
	}
	cost := heap() - before
	t.Logf("%d bytes", cost)
	if cost > 100_000 {
		t.Errorf("a thousand files cost %d bytes", cost)
	}
	runtime.KeepAlive(list)
	runtime.KeepAlive(c)
}

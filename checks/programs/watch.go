package programs

import (
	"context"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/fsnotify/fsnotify"
)

const (
	settle      = 2 * time.Second // after a change; programs write their files in several steps, and one after another
	mostFolders = 1000            // that are watched; the system has a limit for all programs
)

// watch tells of changes in places. A nil one tells of none.
type watch struct {
	home    string // above it nothing is watched
	settle  time.Duration
	folders *fsnotify.Watcher

	mu     sync.Mutex // guards what follows
	places []place
	links  map[string]bool // folders and files that links lead to
}

// Watch tells of each change that a look may see, two seconds after it began, until ctx ends; then the channel is
// closed. Folders and files may come and go. While nothing happens it sleeps. It is called before the first Look.
func (c *Check) Watch(ctx context.Context) (<-chan struct{}, error) {
	folders, err := fsnotify.NewWatcher()
	if err != nil {
		return nil, err
	}
	c.watch = &watch{home: c.home, settle: c.settle, folders: folders}
	changes := make(chan struct{}, 1)
	go func() {
		defer close(changes)
		defer folders.Close()
		c.watch.relay(ctx, changes)
	}()
	return changes, nil
}

func (w *watch) relay(ctx context.Context, changes chan<- struct{}) {
	var settled <-chan time.Time
	for {
		select {
		case <-ctx.Done():
			return
		case e := <-w.folders.Events:
			if settled == nil && w.concerns(e.Name) {
				settled = time.After(w.settle)
			}
		case <-w.folders.Errors: // events were lost
			if settled == nil {
				settled = time.After(w.settle)
			}
		case <-settled:
			settled = nil
			select {
			case changes <- struct{}{}:
			default: // one is waiting already
			}
		}
	}
}

// concerns reports whether a path is one of a place, or on the way to one.
func (w *watch) concerns(name string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.links[name] {
		return true
	}
	for _, p := range w.places {
		rest, below := strings.CutPrefix(name, strings.TrimSuffix(p.base, string(filepath.Separator))+string(filepath.Separator))
		if !below {
			if strings.HasPrefix(p.base+string(filepath.Separator), name+string(filepath.Separator)) {
				return true
			}
			continue
		}
		parts, names := p.parts(), strings.Split(filepath.ToSlash(rest), "/")
		matches := len(names) <= len(parts)
		for i := 0; matches && i < len(names); i++ {
			matches, _ = path.Match(parts[i], names[i])
			matches = matches || names[i] == parts[i]
		}
		if matches {
			return true
		}
	}
	return false
}

// follow watches the folders on the way to places, as far as they are there, and those that links lead to. It reports
// whether all could be watched.
func (w *watch) follow(places []place) (all bool) {
	if w == nil {
		return false
	}
	want, links := map[string]bool{}, map[string]bool{}
	add := func(folder string) {
		for up := filepath.Dir(folder); !want[folder] && up != folder; folder, up = up, filepath.Dir(up) {
			if info, err := os.Stat(folder); err == nil && info.IsDir() {
				want[folder] = true
			}
			if folder == w.home {
				return
			}
		}
	}
	for _, p := range places {
		if p.off {
			continue
		}
		add(p.base)
		for file := range p.files() {
			add(filepath.Dir(file))
			if _, err := os.Readlink(file); err != nil {
				continue
			}
			if target, err := filepath.EvalSymlinks(file); err == nil {
				links[target] = true
				add(filepath.Dir(target))
			}
		}
	}
	w.mu.Lock()
	w.places, w.links = places, links
	w.mu.Unlock()
	for _, folder := range w.folders.WatchList() {
		if !want[folder] {
			_ = w.folders.Remove(folder) // it may be gone
		}
	}
	all = len(want) <= mostFolders
	left := mostFolders
	for folder := range want {
		if left--; left < 0 || w.folders.Add(folder) != nil {
			all = false
		}
	}
	return all
}

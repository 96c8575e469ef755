package config

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/fsnotify/fsnotify"
)

// settle is how long a file must be left alone before a change is reported: an editor writes, renames
// and removes several times for one save.
const settle = 100 * time.Millisecond

// Watch reports each change to the file at path, also of one that makes, removes or replaces it, until
// ctx ends; then the channel is closed. The folder is made if there is none, because it is the folder
// that is watched: editors put a new file in the place of the old one. Where path is a symbolic link,
// the folder of the file that it leads to is watched too, also after the link is changed. While nothing
// happens Watch sleeps.
func Watch(ctx context.Context, path string) (<-chan struct{}, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return nil, fmt.Errorf("making the folder for settings: %w", err)
	}
	w, err := fsnotify.NewWatcher()
	if err != nil {
		return nil, fmt.Errorf("watching the settings: %w", err)
	}
	if err := w.Add(filepath.Dir(filepath.Clean(path))); err != nil {
		w.Close()
		return nil, fmt.Errorf("watching the settings: %w", err)
	}
	changes := make(chan struct{}, 1)
	paths := follow(w, path)
	go func() {
		defer close(changes)
		defer w.Close()
		relay(ctx, w, paths, func() []string { return follow(w, path) }, changes)
	}()
	return changes, nil
}

// follow watches the folders of path and of each file that its links lead to, no others, and returns
// these files and folders. What cannot be watched now may be at the next change.
func follow(w *fsnotify.Watcher, path string) []string {
	paths := []string{filepath.Clean(path)}
	for p := paths[0]; len(paths) < 10; paths = append(paths, p) {
		target, err := os.Readlink(p)
		if err != nil {
			break
		}
		if !filepath.IsAbs(target) {
			dir, err := filepath.EvalSymlinks(filepath.Dir(p))
			if err != nil {
				break
			}
			target = filepath.Join(dir, target)
		}
		p = filepath.Clean(target)
	}
	var dirs []string
	for _, p := range paths {
		dirs = append(dirs, filepath.Dir(p))
		_ = w.Add(filepath.Dir(p))
	}
	for _, dir := range w.WatchList() {
		if !slices.Contains(dirs, dir) {
			_ = w.Remove(dir)
		}
	}
	return append(paths, dirs...)
}

// relay turns the events of paths, which follow finds again after each, into one change once they cease.
func relay(ctx context.Context, w *fsnotify.Watcher, paths []string, follow func() []string, changes chan<- struct{}) {
	var settled <-chan time.Time
	for {
		select {
		case <-ctx.Done():
			return
		case e := <-w.Events:
			if slices.Contains(paths, filepath.Clean(e.Name)) && e.Op != fsnotify.Chmod {
				settled = time.After(settle)
			}
		case <-w.Errors:
			// Events were lost, so the file may be among them.
			settled = time.After(settle)
		case <-settled:
			settled = nil
			paths = follow() // before the file is read, so that no later change is missed
			select {
			case changes <- struct{}{}:
			default: // one is waiting already
			}
		}
	}
}

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

// settle is how long a file must be left alone before a change is told: an editor writes, renames and
// removes several times for one save.
const settle = 100 * time.Millisecond

// Watch tells of each change to the file at path, also of one that makes, removes or replaces it,
// until ctx ends; then the channel is closed. The folder is made if there is none, because it is the
// folder that is watched: editors put a new file in the place of the old one. Where path is a
// symbolic link, what it pointed to when Watch began is watched too. While nothing happens Watch sleeps.
func Watch(ctx context.Context, path string) (<-chan struct{}, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return nil, fmt.Errorf("making the folder for settings: %w", err)
	}
	w, err := fsnotify.NewWatcher()
	if err != nil {
		return nil, fmt.Errorf("watching the settings: %w", err)
	}
	paths := []string{filepath.Clean(path)}
	if target, err := filepath.EvalSymlinks(path); err == nil && target != paths[0] {
		paths = append(paths, target)
	}
	for _, p := range paths {
		if err := w.Add(filepath.Dir(p)); err != nil {
			w.Close()
			return nil, fmt.Errorf("watching the settings: %w", err)
		}
	}
	changes := make(chan struct{}, 1)
	go func() {
		defer close(changes)
		defer w.Close()
		relay(ctx, w, paths, changes)
	}()
	return changes, nil
}

// relay turns the events of a file into one change each time they cease.
func relay(ctx context.Context, w *fsnotify.Watcher, paths []string, changes chan<- struct{}) {
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
			select {
			case changes <- struct{}{}:
			default: // one is waiting already
			}
		}
	}
}

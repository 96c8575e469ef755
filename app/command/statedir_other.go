//go:build !linux

package command

import (
	"os"
	"path/filepath"
)

// stateDir is beside what other programs keep for themselves: %LocalAppData% or ~/Library/Caches.
func stateDir() (string, error) {
	dir, err := os.UserCacheDir()
	return filepath.Join(dir, "fermata"), err
}

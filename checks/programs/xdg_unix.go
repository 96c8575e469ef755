//go:build unix

package programs

import (
	"os"
	"path/filepath"
)

// xdgCache is the XDG Base Directory Specification's cache folder. A relative XDG_CACHE_HOME is
// invalid by it and ignored.
func xdgCache(home string) string {
	if folder := os.Getenv("XDG_CACHE_HOME"); filepath.IsAbs(folder) {
		return folder
	}
	return filepath.Join(home, ".cache")
}

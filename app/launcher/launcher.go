// Package launcher sees to the desktop file that a person's desktop knows Fermata by. Plasma and GNOME
// keep past notifications only for programs whose desktop file they find, and show its icon beside them.
//
// A package brings the file for everybody. Where none does, Install puts one into the person's own
// folder, starts what runs now with it, and takes it away again once a package has one. A file there that
// the person wrote or changed is left as it is.
package launcher

import (
	"fmt"
	"os"
	"path/filepath"
)

// Program returns this program's file, all links followed.
func Program() (string, error) {
	program, err := os.Executable()
	if err == nil {
		program, err = filepath.EvalSymlinks(program)
	}
	if err != nil {
		return "", fmt.Errorf("finding this program: %w", err)
	}
	return program, nil
}

// Install makes the person's own desktop file right for this program, on systems that have such files.
func Install() error {
	program, err := Program()
	if err == nil && !temporary(program) {
		err = install(program)
	}
	if err != nil {
		return fmt.Errorf("adding Fermata to the desktop's programs: %w", err)
	}
	return nil
}

// temporary reports whether a program is gone soon: "go run" builds in the folder for temporary files, and
// runs what it has built before from its cache.
func temporary(program string) bool {
	cache, _ := os.UserCacheDir() // without a home folder there is none
	for _, dir := range []string{os.TempDir(), cache, os.Getenv("GOTMPDIR"), os.Getenv("GOCACHE")} {
		if real, err := filepath.EvalSymlinks(dir); err == nil {
			dir = real
		}
		if rest, err := filepath.Rel(dir, program); err == nil && filepath.IsLocal(rest) {
			return true
		}
	}
	return false
}

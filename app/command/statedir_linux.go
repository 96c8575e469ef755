package command

import (
	"os"
	"path/filepath"
)

// stateDir is $XDG_STATE_HOME/fermata (XDG Base Directory Specification).
func stateDir() (string, error) {
	if dir := os.Getenv("XDG_STATE_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "fermata"), nil
	}
	home, err := os.UserHomeDir()
	return filepath.Join(home, ".local", "state", "fermata"), err
}

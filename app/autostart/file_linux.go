package autostart

import (
	"os"
	"path/filepath"

	"fermata/app/launcher"
)

// file is the entry of the Desktop Application Autostart Specification.
func file() (string, error) {
	dir, err := os.UserConfigDir()
	return filepath.Join(dir, "autostart", "fermata.desktop"), err
}

// entry is the app's desktop file, with the program that runs now.
func entry(program string) []byte { return launcher.Entry(program) }

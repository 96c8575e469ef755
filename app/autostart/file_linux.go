package autostart

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"

	"fermata/assets"
)

// file is the entry of the Desktop Application Autostart Specification.
func file() (string, error) {
	dir, err := os.UserConfigDir()
	return filepath.Join(dir, "autostart", "fermata.desktop"), err
}

// quote escapes a path as the Desktop Entry Specification's Exec key wants it: for the string type and
// then for a quoted argument; "%" begins a field code.
var quote = strings.NewReplacer(`\`, `\\\\`, `"`, `\\"`, "`", "\\\\`", `$`, `\\$`, `%`, `%%`)

// entry is the app's desktop file, with the program that runs now.
func entry(program string) []byte {
	exec := []byte(`Exec="` + quote.Replace(program) + `"` + "\n")
	return bytes.Replace(assets.Desktop, []byte("Exec=fermata\n"), exec, 1)
}

package launcher

import (
	"bytes"
	"cmp"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"fermata/assets"
	"fermata/checks/files"
)

// mark is the first line of what install writes. A file without it is the person's.
const mark = "# Fermata keeps this file up to date. Remove this line to keep changes of your own.\n"

// maxEntry is the most that a desktop file is read of, in bytes.
const maxEntry = 64 << 10

// install writes the desktop file and its icon into the person's folders, see
// https://specifications.freedesktop.org/basedir-spec/latest/ and the Icon Theme Specification.
func install(program string) error {
	home, err := dataHome()
	if err != nil {
		return err
	}
	file := filepath.Join("applications", assets.ID+".desktop")
	own := filepath.Join(home, file)
	icon := filepath.Join(home, "icons", "hicolor", "96x96", "apps", assets.ID+".png")
	old, err := files.Read(own, maxEntry)
	absent := errors.Is(err, fs.ErrNotExist)
	if err != nil && !absent {
		return err
	}
	ours := bytes.HasPrefix(old, []byte(mark))
	switch {
	case !absent && !ours:
		return nil
	case packaged(file) && ours:
		return errors.Join(files.Remove(own), files.Remove(icon))
	case packaged(file):
		return nil
	}
	if want := append([]byte(mark), Entry(program)...); !bytes.Equal(old, want) {
		return errors.Join(files.Write(icon, assets.AppIcon, 0o644), files.Write(own, want, 0o644))
	}
	return nil
}

func dataHome() (string, error) {
	if dir := os.Getenv("XDG_DATA_HOME"); filepath.IsAbs(dir) {
		return dir, nil
	}
	home, err := os.UserHomeDir()
	return filepath.Join(home, ".local", "share"), err
}

// packaged reports whether the desktop file stands where packages put it.
func packaged(file string) bool {
	for _, dir := range filepath.SplitList(cmp.Or(os.Getenv("XDG_DATA_DIRS"), "/usr/local/share:/usr/share")) {
		if _, err := os.Stat(filepath.Join(dir, file)); err == nil {
			return true
		}
	}
	return false
}

var (
	// text escapes what the Desktop Entry Specification calls a string.
	text = strings.NewReplacer(`\`, `\\`)
	// quote escapes a path as the specification's Exec key wants it: for a quoted argument, and then as a
	// string; "%" begins a field code.
	quote = strings.NewReplacer(`\`, `\\\\`, `"`, `\\"`, "`", "\\\\`", `$`, `\\$`, `%`, `%%`)
)

// Entry returns the desktop file that starts program. Desktops pass over it once program is gone.
func Entry(program string) []byte {
	exec := `Exec="` + quote.Replace(program) + `"`
	entry := strings.ReplaceAll(string(assets.Desktop), "Exec=fermata", exec)
	return []byte(strings.Replace(entry, exec+"\n", exec+"\nTryExec="+text.Replace(program)+"\n", 1))
}

//go:build !windows

package autostart

import (
	"errors"
	"io/fs"
	"os"

	"fermata/checks/files"
)

func enabled() bool {
	path, err := file()
	if err == nil {
		_, err = os.Stat(path)
	}
	return err == nil
}

func set(program string, on bool) error {
	path, err := file()
	if err != nil {
		return err
	}
	if on {
		return files.Write(path, entry(program), 0o644)
	}
	if err := os.Remove(path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

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
	if err != nil {
		return false
	}
	_, err = os.Stat(path)
	return err == nil
}

func enable(program string) error {
	path, err := file()
	if err != nil {
		return err
	}
	return files.Write(path, entry(program), 0o644)
}

func disable() error {
	path, err := file()
	if err != nil {
		return err
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

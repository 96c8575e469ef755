package control

import (
	"os"
	"path/filepath"
)

func location(name string) (string, error) {
	base, err := os.UserCacheDir() // %LocalAppData%, which only the user may read
	return filepath.Join(base, name), err
}

func checkOwn(string) error { return nil }

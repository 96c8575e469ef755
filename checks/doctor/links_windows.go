package doctor

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/windows/registry"
)

func hostsFile() string {
	return filepath.Join(os.Getenv("SystemRoot"), `System32\drivers\etc\hosts`)
}

// linkHandler names the program that opens spotify: links.
func linkHandler(context.Context) (string, error) {
	key, err := registry.OpenKey(registry.CLASSES_ROOT, `spotify\shell\open\command`, registry.QUERY_VALUE)
	if errors.Is(err, registry.ErrNotExist) {
		return "", nil
	} else if err != nil {
		return "", err
	}
	defer key.Close()
	command, _, err := key.GetStringValue("") // "C:\Users\…\Spotify.exe" --protocol-uri="%1"
	program, _, _ := strings.Cut(strings.TrimPrefix(command, `"`), `"`)
	return filepath.Base(program), err
}

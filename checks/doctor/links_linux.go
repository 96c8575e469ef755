package doctor

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"strings"
)

func hostsFile() string { return "/etc/hosts" }

// linkHandler names the desktop entry that opens spotify: links.
func linkHandler(ctx context.Context) (string, error) {
	cmd := exec.CommandContext(ctx, "xdg-mime", "query", "default", "x-scheme-handler/spotify")
	cmd.Env = append(os.Environ(), "LC_ALL=C")
	out, err := cmd.Output()
	if errors.Is(err, exec.ErrNotFound) {
		return "", errors.New("xdg-mime is not installed (package xdg-utils)")
	}
	return strings.TrimSuffix(strings.TrimSpace(string(out)), ".desktop"), err
}

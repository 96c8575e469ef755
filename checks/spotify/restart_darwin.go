package spotify

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

const (
	lookTimeout = 5 * time.Second
	// askTimeout is long, since macOS asks the person the first time whether Fermata may do that.
	askTimeout = time.Minute
)

// macClient is the PID of Spotify.app's program, 0 where it does not run.
type macClient int

func find(ctx context.Context) (client, error) {
	ctx, cancel := context.WithTimeout(ctx, lookTimeout)
	defer cancel()
	out, err := exec.CommandContext(ctx, "/usr/bin/pgrep", "-x", "-u", strconv.Itoa(os.Getuid()), "Spotify").Output()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok && exit.ExitCode() == 1 { // none matched
		home, _ := os.UserHomeDir() // "" makes it a path that does not exist
		for _, dir := range []string{"/Applications", filepath.Join(home, "Applications")} {
			if _, err := os.Stat(filepath.Join(dir, "Spotify.app")); err == nil {
				return macClient(0), nil
			}
		}
		return nil, ErrNotFound
	}
	line, _, _ := strings.Cut(string(out), "\n")
	pid := 0
	if err == nil {
		pid, err = strconv.Atoi(line)
	}
	if err != nil {
		return nil, fmt.Errorf("looking for Spotify: %w", err)
	}
	return macClient(pid), nil
}

func (c macClient) quit(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, askTimeout)
	defer cancel()
	return run(exec.CommandContext(ctx, "/usr/bin/osascript", "-e", `tell application "Spotify" to quit`))
}

func (c macClient) gone(context.Context) bool {
	return c == 0 || errors.Is(syscall.Kill(int(c), 0), syscall.ESRCH)
}

// start has launchd start the app: it is no child of Fermata.
func (c macClient) start(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, lookTimeout)
	defer cancel()
	return run(exec.CommandContext(ctx, "/usr/bin/open", "-a", "Spotify"))
}

// run runs cmd, whose error has the last line that it wrote.
func run(cmd *exec.Cmd) error {
	out, err := cmd.CombinedOutput()
	if err == nil {
		return nil
	}
	lines := bytes.Split(bytes.TrimSpace(out), []byte("\n"))
	return fmt.Errorf("%w: %.200s", err, lines[len(lines)-1])
}

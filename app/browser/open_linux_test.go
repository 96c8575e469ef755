package browser

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fermata/checks"
)

// shim puts a script in the place of xdg-open.
func shim(t *testing.T, script string) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "xdg-open"), []byte("#!/bin/sh\n"+script), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir+":"+os.Getenv("PATH"))
}

func TestOpen(t *testing.T) {
	seen := filepath.Join(t.TempDir(), "seen")
	shim(t, `echo "$1 $XDG_ACTIVATION_TOKEN" >`+seen)
	if err := Open(WithActivation(t.Context(), "token-7"), "http://127.0.0.1/$(x)"); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(seen)
	if err != nil || string(got) != "http://127.0.0.1/$(x) token-7\n" {
		t.Errorf("opened %q, %v", got, err)
	}
}

// An account's own browser is run for web pages alone, without a shell.
func TestOpenWithCommand(t *testing.T) {
	seen := filepath.Join(t.TempDir(), "seen")
	shim(t, `echo "xdg-open $1" >`+seen)
	for address, want := range map[string]string{
		"http://127.0.0.1/$(x)": "-P work --url=http://127.0.0.1/$(x)\n",
		"/tmp/report.txt":       "xdg-open /tmp/report.txt\n",
	} {
		own := filepath.Join(t.TempDir(), "firefox")
		if err := os.WriteFile(own, []byte("#!/bin/sh\necho \"$@\" >"+seen), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := Open(WithCommand(t.Context(), []string{own, "-P", "work", "--url=%s"}), address); err != nil {
			t.Fatal(err)
		}
		if got, err := os.ReadFile(seen); err != nil || string(got) != want {
			t.Errorf("%s: %q, %v, want %q", address, got, err, want)
		}
	}
	err := Open(WithCommand(t.Context(), []string{"no-such-browser", "%s"}), "http://x.example/")
	if err == nil || !strings.Contains(err.Error(), "no-such-browser") || !strings.Contains(checks.Hint(err), "http://x.example/") {
		t.Errorf("%v with the hint %q", err, checks.Hint(err))
	}
}

func TestOpenFails(t *testing.T) {
	for name, script := range map[string]string{"no browser": "exit 3", "no xdg-open": ""} {
		t.Run(name, func(t *testing.T) {
			if shim(t, script); script == "" {
				t.Setenv("PATH", t.TempDir())
			}
			err := Open(t.Context(), "http://x.example/")
			if err == nil || !strings.Contains(checks.Hint(err), "http://x.example/") {
				t.Errorf("%v with the hint %q, want one that names the address", err, checks.Hint(err))
			}
		})
	}
}

// A browser that stays in the foreground is open all the same.
func TestOpenDoesNotWaitForTheBrowser(t *testing.T) {
	shim(t, "exec sleep 3")
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := Open(ctx, "http://x.example/"); err != nil {
		t.Error(err)
	}
}

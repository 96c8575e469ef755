//go:build unix

package command

import (
	"io"
	"os"
	"testing"

	"fermata/checks"
)

func TestPaint(t *testing.T) {
	terminal, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer terminal.Close()
	t.Setenv("NO_COLOR", "")
	t.Setenv("TERM", "xterm")
	const wrong, right = "\x1b[1;31mx\x1b[0m", "x"
	check := func(w io.Writer, l checks.Level, want string) {
		t.Helper()
		if got := paint(w, l, "x"); got != want {
			t.Errorf("%v: %q, want %q", l, got, want)
		}
	}
	check(terminal, checks.Critical, wrong)
	check(terminal, checks.Warning, wrong)
	check(terminal, checks.OK, right)
	check(terminal, checks.Unknown, right)
	check(io.Discard, checks.Critical, right)
	t.Setenv("TERM", "dumb")
	check(terminal, checks.Critical, right)
	t.Setenv("TERM", "xterm")
	t.Setenv("NO_COLOR", "1")
	check(terminal, checks.Critical, right)
}

//go:build unix

package programs

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// A look at these ends by the test's own deadline only if opening them does not block.
func TestPipesLinksAndLocks(t *testing.T) {
	dir := home(t)
	in := func(name string) string { return filepath.Join(dir, name) }
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(syscall.Mkfifo(in("pipe"), 0o600))
	must(os.Symlink(in("pipe"), in("to-pipe")))
	must(os.Symlink(in("loop"), in("loop")))
	must(os.Symlink("/dev/zero", in("zero")))
	must(os.Symlink(write(t, in("target"), golang(time.Now().Add(100*24*time.Hour))), in("link")))
	must(os.Symlink(in("nothing"), in("dangling")))
	must(os.Symlink(in("loop"), in(".cache-loop"))) // found by its name: told only if it held a token
	want := `bot ~/pipe: unreadable: not a regular file
bot ~/to-pipe: unreadable: not a regular file
bot ~/loop: unreadable: its links point at each other
bot ~/zero: unreadable: not a regular file
bot ~/link/below: unreadable: not a directory`
	names := []string{"pipe", "to-pipe", "loop", "zero", "dangling", "link/below", "link"}
	if os.Getuid() != 0 { // who may read everything
		must(os.Chmod(write(t, in("locked"), librespot), 0))
		names = append(names[:6:6], "locked", "link")
		want += "\nbot ~/locked: unreadable: no permission"
	}
	keeps(t, names...)
	_, got := look(t, New(0, &wrong{start: time.Now()}, ""))
	if !strings.HasPrefix(got, want+"\nbot ~/link: token until ") || strings.Count(got, "\n") != strings.Count(want, "\n")+1 {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestReasonHasNoPath(t *testing.T) {
	for errno, want := range map[syscall.Errno]string{
		syscall.EACCES: "no permission",
		syscall.ELOOP:  "its links point at each other",
		syscall.EIO:    "input/output error",
	} {
		if got := reason(&os.PathError{Op: "open", Path: "/home/jane/x", Err: errno}); got != want {
			t.Errorf("%v: %q, want %q", errno, got, want)
		}
	}
}

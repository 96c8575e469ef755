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
	must(os.Mkdir(in("empty-folder"), 0o700))
	must(os.Symlink(in("loop"), in(".cache-loop"))) // found by its name: told only if it held a token
	want := `token file ~/pipe: unreadable: not a regular file
token file ~/to-pipe: unreadable: not a regular file
token file ~/loop: unreadable: its links run in a circle
token file ~/zero: unreadable: not a regular file
token file ~/dangling: not there
token file ~/link/below: unreadable: not a directory`
	paths := []string{in("pipe"), in("to-pipe"), in("loop"), in("zero"), in("dangling"), in("link/below"), in("empty-folder"), in("link")}
	if os.Getuid() != 0 { // who may read everything
		must(os.Chmod(write(t, in("locked"), librespot), 0))
		paths = append(paths[:6:6], in("locked"), in("link"))
		want += "\ntoken file ~/locked: unreadable: no permission"
	}
	_, got := look(t, New(Config{Home: dir, Paths: paths}, &wrong{start: time.Now()}))
	if !strings.HasPrefix(got, want+"\na Go program ~/link: token until ") || strings.Count(got, "\n") != strings.Count(want, "\n")+1 {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestReasonHasNoPath(t *testing.T) {
	for errno, want := range map[syscall.Errno]string{
		syscall.EACCES: "no permission",
		syscall.ELOOP:  "its links run in a circle",
		syscall.EIO:    "input/output error",
	} {
		if got := reason(&os.PathError{Op: "open", Path: "/home/jane/x", Err: errno}); got != want {
			t.Errorf("%v: %q, want %q", errno, got, want)
		}
	}
}

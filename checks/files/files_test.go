package files

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

func TestWrite(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "file")
	if err := os.WriteFile(path, []byte("old and longer"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := Write(path, []byte("new"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(path); err != nil || string(got) != "new" {
		t.Errorf("read %q, %v", got, err)
	}
	fi, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if runtime.GOOS != "windows" && fi.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, want 0600", fi.Mode())
	}
	holds(t, dir, "file")
}

func TestWriteKeepsLink(t *testing.T) {
	dir := t.TempDir()
	target, link := filepath.Join(dir, "target"), filepath.Join(dir, "link")
	if err := os.WriteFile(target, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(target, link); err != nil {
		t.Skip("no symbolic links here:", err)
	}
	if err := Write(link, []byte("new"), 0o644); err != nil {
		t.Fatal(err)
	}
	if fi, err := os.Lstat(link); err != nil || fi.Mode().Type() != os.ModeSymlink {
		t.Errorf("the link became %v, %v", fi, err)
	}
	if got, _ := os.ReadFile(target); string(got) != "new" {
		t.Errorf("the target holds %q", got)
	}
}

// TestWriteLeavesNothing: a failed write neither touches the old file nor leaves its temporary one.
func TestWriteLeavesNothing(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "folder")
	if err := os.MkdirAll(filepath.Join(path, "full"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := Write(path, []byte("new"), 0o600); err == nil {
		t.Error("a folder was replaced by a file")
	}
	holds(t, dir, "folder")
}

// TestWriteIsWhole reads while the file is replaced over and over: no read sees a mixture.
func TestWriteIsWhole(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("an open file cannot be replaced on Windows")
	}
	path := filepath.Join(t.TempDir(), "file")
	a, b := bytes.Repeat([]byte("a"), 1<<16), bytes.Repeat([]byte("b"), 1<<16)
	if err := Write(path, a, 0o600); err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for i := range 50 {
			if err := Write(path, [][]byte{b, a}[i%2], 0o600); err != nil {
				t.Error(err)
			}
		}
	}()
	for {
		got, err := os.ReadFile(path)
		if err != nil || !bytes.Equal(got, a) && !bytes.Equal(got, b) {
			t.Fatalf("read %d bytes of a mixture, %v", len(got), err)
		}
		select {
		case <-done:
			return
		default:
		}
	}
}

func TestRead(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, []byte("1234"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got, err := Read(path, 4); err != nil || string(got) != "1234" {
		t.Errorf("at the limit: %q, %v", got, err)
	}
	for _, test := range []struct {
		path  string
		limit int64
		want  error
	}{
		{path, 3, ErrTooLarge},
		{t.TempDir(), 4, ErrNotRegular},
		{path + "2", 4, fs.ErrNotExist},
	} {
		got, err := Read(test.path, test.limit)
		if _, ok := errors.AsType[*fs.PathError](err); got != nil || !errors.Is(err, test.want) || !ok {
			t.Errorf("%s: %q, %v; want %v", test.path, got, err, test.want)
		}
	}
}

func TestFolders(t *testing.T) {
	for name, folder := range map[string]func() (string, error){"Config": Config, "State": State} {
		if dir, err := folder(); err != nil || !filepath.IsAbs(dir) || filepath.Base(dir) != "fermata" {
			t.Errorf("%s: %q, %v", name, dir, err)
		}
	}
}

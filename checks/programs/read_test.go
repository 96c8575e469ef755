package programs

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

func TestGarbage(t *testing.T) {
	dir := home(t)
	in := func(name string) string { return filepath.Join(dir, name) }
	write(t, in("garbage"), strings.Repeat("\x00\xff"+access, 100))
	write(t, in("json"), `{"access_token":{"`+access+`":1}}`)
	write(t, in("other"), `{"name":"`+access+`"}`)
	write(t, in("large"), `{"access_token":"`+strings.Repeat(access, 10<<20/len(access))+`"}`)
	write(t, in("brim"), spotipy(time.Time{})+strings.Repeat(" ", maxSize-len(spotipy(time.Time{}))))
	write(t, in("over"), spotipy(time.Time{})+strings.Repeat(" ", maxSize+1-len(spotipy(time.Time{}))))
	write(t, in("end"), `{"access_token":"`+access+`","expires_at":"9999-12-31T23:59:59Z"}`)
	write(t, in("past"), `{"access_token":"`+access+`","expires_at":0}`)
	write(t, in("millis"), `{"access_token":"`+access+`","expires_at":4102444800000}`)
	if err := os.Mkdir(in(".cache"), 0o700); err != nil { // it is a folder, as nearly everywhere
		t.Fatal(err)
	}
	keeps(t, "garbage", "json", "other", "large", "over", "brim", "end", "past", "millis")
	f, got := look(t, New(0, &wrong{start: time.Now()}, ""))
	want := `bot ~/garbage: unreadable: not JSON
bot ~/json: unreadable: JSON without an OAuth token
bot ~/other: unreadable: JSON without an OAuth token
bot ~/large: unreadable: too large: more than 1024 kB
bot ~/over: unreadable: too large: more than 1024 kB
bot ~/brim: expiry not known +
bot ~/end: token until `
	if !strings.HasPrefix(got, want) || !strings.Contains(got, "bot ~/past: token expired at 00:00 on 1 January 1970") ||
		!strings.Contains(got, "bot ~/millis: token until 00:00 on 1 January 2100") {
		t.Error(got)
	}
	if f.next != time.Hour {
		t.Errorf("next in %v", f.next)
	}
}

func TestNamesAreOneLine(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("such names cannot be")
	}
	dir := home(t)
	write(t, filepath.Join(dir, ".cache-a\n\u202eb\x1b"), spotipy(time.Now().Add(time.Hour)))
	if _, got := look(t, New(0, &wrong{start: time.Now()}, "")); !strings.HasPrefix(got, "spotipy ~/.cache-a b: token until ") {
		t.Errorf("%q", got)
	}
}

func TestNothingIsWritten(t *testing.T) {
	dir := home(t)
	path := write(t, filepath.Join(dir, ".cache-jane"), spotipy(time.Now().Add(-time.Hour)))
	if err := os.Chmod(path, 0o400); err != nil {
		t.Fatal(err)
	}
	before, _ := os.Stat(path)
	look(t, New(0, &wrong{start: time.Now()}, ""))
	after, err := os.Stat(path)
	if err != nil || !after.ModTime().Equal(before.ModTime()) || after.Mode() != before.Mode() || after.Size() != before.Size() {
		t.Errorf("before %v, after %v %v", before, after, err)
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 1 {
		t.Errorf("%d files", len(entries))
	}
}

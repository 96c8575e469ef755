package locale

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fermata/checks/text"
)

func TestStyle(t *testing.T) {
	for _, tt := range []struct {
		all, times, lang string
		want             text.Style
	}{
		{"", "", "", text.Style{}},
		{"", "", "C.UTF-8", text.Style{}},
		{"", "", "en_US.UTF-8", text.Style{Hours12: true, MonthFirst: true}},
		{"", "de_DE.UTF-8", "en_US.UTF-8", text.Style{}},
		{"el_GR@euro", "de_DE.UTF-8", "en_US.UTF-8", text.Style{Hours12: true}},
		{"", "ja_JP.UTF-8", "", text.Style{MonthFirst: true}},
		{"POSIX", "en_US.UTF-8", "", text.Style{}},
	} {
		t.Setenv("LC_ALL", tt.all)
		t.Setenv("LC_TIME", tt.times)
		t.Setenv("LANG", tt.lang)
		if _, got := Now(); got != tt.want {
			t.Errorf("%q, %q, %q: %+v, want %+v", tt.all, tt.times, tt.lang, got, tt.want)
		}
	}
}

// Compiled zones of two rules: these have no need of the machine's own.
func zoneFile(abbreviation string, east int32) []byte {
	b := append([]byte("TZif2"), make([]byte, 15)...)
	counts := func() {
		for _, n := range []byte{0, 0, 0, 0, 1, byte(len(abbreviation) + 1)} { // isutcnt … charcnt
			b = append(b, 0, 0, 0, n)
		}
		b = append(b, byte(east>>24), byte(east>>16), byte(east>>8), byte(east), 0, 0)
		b = append(append(b, abbreviation...), 0)
	}
	counts()
	b = append(append(b, "TZif2"...), make([]byte, 15)...)
	counts()
	return append(b, "\n\n"...)
}

func TestZone(t *testing.T) {
	if tz, set := os.LookupEnv("TZ"); set {
		os.Unsetenv("TZ")
		t.Cleanup(func() { os.Setenv("TZ", tz) })
	}
	dir := t.TempDir()
	write := func(name string, data []byte) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("East", zoneFile("EAST", 2*3600))
	write("West", zoneFile("WEST", -5*3600))
	write("Bad", []byte("no zone"))
	old := localtime
	localtime = filepath.Join(dir, "localtime")
	t.Cleanup(func() { localtime, read.file, read.zone = old, nil, nil })
	read.file, read.zone = nil, nil
	link := func(name string) {
		t.Helper()
		os.Remove(localtime)
		if err := os.Symlink(name, localtime); err != nil {
			t.Fatal(err)
		}
	}
	at := func() string { zone, _ := Now(); return time.Unix(0, 0).In(zone).Format("15:04 MST") }
	if got, want := at(), time.Unix(0, 0).Format("15:04 MST"); got != want {
		t.Errorf("without a file: %s, want %s as package time has it", got, want)
	}
	link("East")
	changes, err := Watch(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct{ to, want string }{
		{"East", "02:00 EAST"}, {"West", "19:00 WEST"}, {"Bad", "19:00 WEST"}, {"missing", "19:00 WEST"}, {"East", "02:00 EAST"},
	} {
		link(step.to)
		select {
		case <-changes:
		case <-time.After(10 * time.Second):
			t.Fatalf("nobody tells of the change to %s", step.to)
		}
		if got := at(); got != step.want {
			t.Errorf("%s: %s, want %s", step.to, got, step.want)
		}
	}
	t.Setenv("TZ", "UTC")
	if got, want := at(), time.Unix(0, 0).Format("15:04 MST"); got != want {
		t.Errorf("TZ: %s, want %s", got, want)
	}
	if changes, err := Watch(t.Context()); changes != nil || err != nil {
		t.Error("with TZ there is something to watch")
	}
}

// The table holds locales as they are written, each once.
func TestTable(t *testing.T) {
	for _, table := range [][]string{twelve, monthFirst} {
		for i, l := range table {
			if lang, land, ok := strings.Cut(l, "_"); !ok || strings.ToLower(lang) != lang || strings.ToUpper(land) != land || i > 0 && table[i-1] >= l {
				t.Errorf("%q stands wrong", l)
			}
		}
	}
}

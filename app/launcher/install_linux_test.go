package launcher

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"fermata/assets"
)

// person returns the desktop file of a person who has none yet, and where a package would have one.
func person(t *testing.T) (own, packaged string) {
	t.Helper()
	home, system := t.TempDir(), t.TempDir()
	t.Setenv("XDG_DATA_HOME", home)
	t.Setenv("XDG_DATA_DIRS", t.TempDir()+":"+system)
	name := filepath.Join("applications", assets.ID+".desktop")
	return filepath.Join(home, name), filepath.Join(system, name)
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if os.IsNotExist(err) {
		return ""
	}
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func put(t *testing.T, program string) {
	t.Helper()
	if err := install(program); err != nil {
		t.Fatal(err)
	}
}

func TestInstall(t *testing.T) {
	own, packaged := person(t)
	icon := filepath.Join(filepath.Dir(own), "../icons/hicolor/96x96/apps", assets.ID+".png")
	for _, program := range []string{"/opt/fermata", "/opt/fermata", "/home/jane/new place/fermata"} {
		put(t, program)
		if got := read(t, own); got != mark+string(Entry(program)) || !strings.Contains(got, "\nTryExec="+program+"\n") {
			t.Errorf("for %s there is:\n%s", program, got)
		}
		if read(t, icon) != string(assets.AppIcon) {
			t.Error("the icon is missing")
		}
	}
	old, _ := os.Stat(own)
	put(t, "/home/jane/new place/fermata")
	if now, _ := os.Stat(own); !os.SameFile(old, now) {
		t.Error("what was right already was written again")
	}

	write(t, packaged, string(assets.Desktop))
	put(t, "/usr/bin/fermata")
	if read(t, own) != "" || read(t, icon) != "" {
		t.Error("the person's own file hides the package's")
	}
	put(t, "/usr/bin/fermata")
	if read(t, own) != "" {
		t.Error("there is one beside the package's")
	}
}

// What the person wrote stays, whether a package has a file or not.
func TestInstallLeavesThePersons(t *testing.T) {
	own, packaged := person(t)
	const mine = "[Desktop Entry]\nName=Mine\n"
	write(t, own, mine)
	put(t, "/opt/fermata")
	write(t, packaged, string(assets.Desktop))
	put(t, "/opt/fermata")
	if got := read(t, own); got != mine {
		t.Errorf("it became:\n%s", got)
	}
}

func TestInstallFails(t *testing.T) {
	own, _ := person(t)
	write(t, filepath.Dir(own), "a file where the folder should be")
	if err := install("/opt/fermata"); err == nil {
		t.Error("nobody hears that it could not be written")
	}
}

// A build of "go run" is not there tomorrow, whether it was built just now or comes from Go's cache.
func TestTemporary(t *testing.T) {
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("GOCACHE", "/var/go cache")
	for program, want := range map[string]bool{
		filepath.Join(os.TempDir(), "go-build1/b001/exe/fermata"): true,
		filepath.Join(cache, "go-build/93/935e-d/fermata"):        true,
		"/var/go cache/93/935e-d/fermata":                         true,
		"/usr/bin/fermata":                                        false,
		"/var/go cache 2/fermata":                                 false,
		os.TempDir() + "2/fermata":                                false,
	} {
		if got := temporary(program); got != want {
			t.Errorf("%s: %v", program, got)
		}
	}
	if program, err := Program(); err != nil || !temporary(program) {
		t.Errorf("this test, %s, %v", program, err)
	}
}

// A program may stand in any folder; the Exec key has two layers of escapes (Desktop Entry
// Specification, "The Exec key"), TryExec one.
func TestEntryQuotes(t *testing.T) {
	for program, want := range map[string]string{
		`/opt/a b/fermata`:  "Exec=\"/opt/a b/fermata\"\nTryExec=/opt/a b/fermata",
		`/opt/50%/fermata`:  "Exec=\"/opt/50%%/fermata\"\nTryExec=/opt/50%/fermata",
		`/opt/"x"/fermata`:  `Exec="/opt/\\"x\\"/fermata"` + "\nTryExec=/opt/\"x\"/fermata",
		"/opt/$`\\/fermata": "Exec=\"/opt/\\\\$\\\\`\\\\\\\\/fermata\"\nTryExec=/opt/$`\\\\/fermata",
	} {
		if got := string(Entry(program)); !strings.Contains(got, "\n"+want+"\n") {
			t.Errorf("%s:\n%s\nlacks %s", program, got, want)
		}
	}
	if left := regexp.MustCompile(`(?m)^Exec=[^"]`).FindString(string(Entry("/opt/fermata"))); left != "" {
		t.Error("an action does not start the program of the entry")
	}
}

func TestEntryIsValid(t *testing.T) {
	validate, err := exec.LookPath("desktop-file-validate")
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("no desktop-file-validate: install desktop-file-utils")
		}
		t.Skip("no desktop-file-validate: install desktop-file-utils")
	}
	for name, text := range map[string]string{"packaged": string(assets.Desktop), "own": mark + string(Entry("/opt/a b/fermata"))} {
		file := filepath.Join(t.TempDir(), assets.ID+".desktop")
		write(t, file, text)
		if out, err := exec.Command(validate, file).CombinedOutput(); err != nil || len(out) > 0 {
			t.Errorf("%s: %v\n%s", name, err, out)
		}
	}
}

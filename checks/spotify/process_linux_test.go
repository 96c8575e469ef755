package spotify

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// fixture makes an entry of /proc for p. Its state is S where it runs and Z where nobody waited for it.
func fixture(t *testing.T, proc string, state string, p process) {
	t.Helper()
	dir := filepath.Join(proc, fmt.Sprint(p.pid))
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if p.exe != "" {
		if err := os.Symlink(p.exe, filepath.Join(dir, "exe")); err != nil {
			t.Fatal(err)
		}
	}
	for name, text := range map[string]string{
		"cmdline": strings.Join(p.args, "\x00") + "\x00",
		"cgroup":  p.cgroup,
		"stat":    fmt.Sprintf("%d (sp) oti (fy) %s 1%s %s 0 0\n", p.pid, state, strings.Repeat(" 0", 17), p.started),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func TestCommand(t *testing.T) {
	const scope = "0::/user.slice/user-1000.slice/user@1000.service/app.slice/"
	for _, tt := range []struct {
		name string
		p    process
		want []string
	}{
		{"deb", process{
			exe: "/usr/share/spotify/spotify", args: []string{"/usr/share/spotify/spotify"}, cgroup: scope + "app-gnome-spotify-4711.scope\n",
		}, []string{"/usr/share/spotify/spotify"}},
		{"deb, with options and a link", process{
			exe:  "/usr/share/spotify/spotify",
			args: []string{"spotify", "--force-device-scale-factor=1.5", "--uri=spotify:track:4uLU6hMCjMI75M1A2tKUQC", "spotify:album:1", "https://open.spotify.com/track/1"},
		}, []string{"/usr/share/spotify/spotify", "--force-device-scale-factor=1.5"}},
		{"deb, updated since", process{
			exe: "/usr/share/spotify/spotify (deleted)", args: []string{"spotify"},
		}, []string{"/usr/share/spotify/spotify"}},
		{"flatpak", process{
			exe: "/app/extra/share/spotify/spotify", args: []string{"/app/extra/share/spotify/spotify", "--ozone-platform-hint=auto"},
			cgroup: scope + "app-flatpak-com.spotify.Client-2207.scope\n",
		}, []string{"flatpak", "run", "com.spotify.Client"}},
		{"flatpak without systemd", process{
			exe: "/app/extra/share/spotify/spotify", args: []string{"spotify"}, cgroup: "0::/\n",
		}, []string{"flatpak", "run", "com.spotify.Client"}},
		{"snap", process{
			exe: "/snap/spotify/79/usr/share/spotify/spotify", args: []string{"/snap/spotify/79/usr/share/spotify/spotify", "--no-zygote"},
			cgroup: scope + "snap.spotify.spotify-1b6c.scope\n",
		}, []string{"snap", "run", "spotify"}},
		{"snap of Fedora", process{
			exe: "/var/lib/snapd/snap/spotify/79/usr/share/spotify/spotify", args: []string{"spotify"},
		}, []string{"snap", "run", "spotify"}},
		{"plain", process{
			exe: "/home/jane/My programs/spotify-1.2/spotify", args: []string{"./spotify", "-v"},
		}, []string{"/home/jane/My programs/spotify-1.2/spotify", "-v"}},
		{"no command line", process{exe: "/opt/spotify/spotify"}, []string{"/opt/spotify/spotify"}},
	} {
		proc := t.TempDir()
		tt.p.pid, tt.p.started = 4711, "123456"
		fixture(t, proc, "S", tt.p)
		found := processes(proc)
		if len(found) != 1 || found[0].pid != 4711 || found[0].started != "123456" {
			t.Errorf("%s: found %+v", tt.name, found)
			continue
		}
		if got := found[0].command(); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestProcesses(t *testing.T) {
	proc := t.TempDir()
	const exe = "/usr/share/spotify/spotify"
	app := process{exe: exe, args: []string{exe}, started: "9"}
	for pid, change := range map[int]func(*process) (state string){
		100: func(*process) string { return "S" },
		20:  func(*process) string { return "R" },
		3:   func(*process) string { return "Z" },
		4:   func(p *process) string { p.args = []string{exe, "--type=zygote", "--no-zygote-sandbox"}; return "S" },
		5:   func(p *process) string { p.args = []string{exe + " --type=renderer --lang=de"}; return "S" }, // a title set later
		6:   func(p *process) string { p.exe = "/usr/bin/spotifyd"; return "S" },
		7:   func(p *process) string { p.exe = "/usr/bin/python3"; p.args = []string{"spotify"}; return "S" },
		8:   func(p *process) string { p.exe = ""; return "S" }, // a kernel thread, or not to be looked at
	} {
		p := app
		p.pid = pid
		state := change(&p)
		fixture(t, proc, state, p)
	}
	for name, text := range map[string]string{"uptime": "1", "9/stat": "9 (spotify", "10/stat": "", "11/stat": "11 (spotify) S 1 2"} {
		name = filepath.Join(proc, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if filepath.Dir(name) != proc {
			if err := os.Symlink(exe, filepath.Join(filepath.Dir(name), "exe")); err != nil {
				t.Fatal(err)
			}
		}
	}
	var pids []int
	for _, p := range processes(proc) {
		pids = append(pids, p.pid)
	}
	if !slices.Equal(pids, []int{20, 100}) {
		t.Errorf("found %v", pids)
	}
	if found := processes(filepath.Join(proc, "none")); found != nil {
		t.Errorf("found %v", found)
	}
}

package spotify

import (
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
)

const flatpakID = "com.spotify.Client"

// process is what /proc tells of one (proc(5)).
type process struct {
	pid     int
	started string   // in clock ticks since the system's start: tells a PID's second use from its first
	exe     string   // as the process sees it, which in a sandbox is another path than here
	args    []string // with the program's name
	cgroup  string
	env     []string
	dir     string
}

// processes returns the person's own Spotify apps below proc, the oldest PID first.
func processes(proc string) []process {
	entries, _ := os.ReadDir(proc) // none is as good as none found
	var found []process
	for _, e := range entries {
		pid, err := strconv.Atoi(e.Name())
		if err != nil {
			continue
		}
		if p, ok := read(filepath.Join(proc, e.Name()), pid); ok && p.main() {
			found = append(found, p)
		}
	}
	slices.SortFunc(found, func(a, b process) int { return a.pid - b.pid })
	return found
}

// read reads the process in dir, if it is one of this user and runs.
func read(dir string, pid int) (process, bool) {
	info, err := os.Stat(dir)
	if err != nil {
		return process{}, false
	}
	if owner, ok := info.Sys().(*syscall.Stat_t); !ok || int(owner.Uid) != os.Getuid() {
		return process{}, false
	}
	exe, err := os.Readlink(filepath.Join(dir, "exe"))
	if err != nil {
		return process{}, false
	}
	p := process{pid: pid, started: started(dir), exe: strings.TrimSuffix(exe, " (deleted)")} // an update replaced it
	if p.started == "" || filepath.Base(p.exe) != "spotify" {
		return process{}, false
	}
	p.args = fields(filepath.Join(dir, "cmdline"))
	p.env = fields(filepath.Join(dir, "environ"))
	cgroup, _ := os.ReadFile(filepath.Join(dir, "cgroup")) // not to be had: as if outside of all
	p.cgroup = string(cgroup)
	p.dir, _ = os.Readlink(filepath.Join(dir, "cwd")) // "": where Fermata runs
	return p, true
}

// fields returns the strings of a file in which each ends with a NUL.
func fields(name string) []string {
	text, _ := os.ReadFile(name) // unreadable is as good as empty
	if len(text) == 0 {
		return nil
	}
	return strings.Split(strings.TrimSuffix(string(text), "\x00"), "\x00")
}

// started returns the start time of the process in dir, or "" where it has ended, even if its parent
// has not noticed yet.
func started(dir string) string {
	stat, err := os.ReadFile(filepath.Join(dir, "stat"))
	if err != nil {
		return ""
	}
	// The second field is the name in parentheses, which may contain both spaces and parentheses.
	rest := strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+1:]))
	if len(rest) < 20 || rest[0] == "Z" || rest[0] == "X" {
		return ""
	}
	return rest[19] // field 22
}

// main tells the app from its helpers, which are the same program with another --type.
func (p process) main() bool {
	return !slices.ContainsFunc(p.args, func(arg string) bool { return strings.Contains(arg, "--type=") })
}

// sandboxed reports whether the process came from flatpak or snap, whose own programs start it.
func (p process) sandboxed() (flatpak, snap bool) {
	flatpak = strings.HasPrefix(p.exe, "/app/") || strings.Contains(p.cgroup, "/app-flatpak-"+flatpakID+"-")
	snap = strings.HasPrefix(p.exe, "/snap/spotify/") || strings.HasPrefix(p.exe, "/var/lib/snapd/snap/spotify/")
	return flatpak, snap
}

// command returns what starts the app again as it was started. Of the arguments the options are kept
// and what was to be played is not. In a sandbox they are the wrapper's own, which adds them anew.
func (p process) command() []string {
	switch flatpak, snap := p.sandboxed(); {
	case flatpak:
		return []string{"flatpak", "run", flatpakID}
	case snap:
		return []string{"snap", "run", "spotify"}
	}
	command := []string{p.exe}
	for i, arg := range p.args {
		if i > 0 && strings.HasPrefix(arg, "-") && !strings.HasPrefix(arg, "--uri") {
			command = append(command, arg)
		}
	}
	return command
}

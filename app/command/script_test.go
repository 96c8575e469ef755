package command_test

import (
	"bufio"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"fermata/app/command"
	"fermata/checks/standin"
	"fermata/tray"

	"github.com/rogpeppe/go-internal/testscript"
)

// programs are what the scripts and other tests run.
var programs = map[string]func(){
	"fermata":   func() { os.Exit(command.Main(os.Args[1:], os.Stdout, os.Stderr, tray.Run)) },
	"xdg-open":  func() { browse(os.Args[1]) },
	"knock":     func() { knock(os.Args[1]) },
	"elsewhere": func() { elsewhere(os.Args[1], os.Args[2:]) },
}

// TestMain makes programs of this test binary: fermata itself, what a desktop opens pages with, one
// that looks whether such a page is still there, and a Fermata whose renewals can be held.
func TestMain(m *testing.M) {
	_ = flag.Set("test.parallel", "8") // scripts wait more than they work; -parallel overrides it
	testscript.Main(m, programs)
}

// TestScript runs what stands in testdata. A script has a home of its own, no desktop, a stand-in for
// Spotify at $SPOTIFY and four time servers in $TIMES; both are filled into its settings. Beside
// testscript's commands it has
//
//	exits CODE PROGRAM [ARG…]       the program ends with this exit code
//	until PATTERN PROGRAM [ARG…]    runs the program until its standard output matches
//	world TROUBLE                   causes a trouble of the stand-in
//	crowd N MOST PROGRAM [ARG…]     runs the program N times at once; all end well, after at most MOST
//	                                renewals, with no more different answers
func TestScript(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup:               setUp,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits": exits, "until": until, "world": world, "crowd": crowd,
		},
	})
}

type worldKey struct{}

type varsKey struct{}

func setUp(env *testscript.Env) error {
	w := standin.NewWorld(4)
	if err := w.Start(env.T().(testing.TB).Context()); err != nil {
		return err
	}
	env.Defer(w.Close)
	env.Values[worldKey{}] = w
	env.Setenv("GORACE", "atexit_sleep_ms=0") // the race detector's programs linger for a second otherwise
	vars := map[string]string{"SPOTIFY": w.URL(), "TIMES": `["` + strings.Join(w.TimeAddresses(), `", "`) + `"]`}
	for name, value := range vars {
		env.Setenv(name, value)
	}
	for name, folder := range map[string]string{
		"HOME": ".", "XDG_CONFIG_HOME": "config", "XDG_STATE_HOME": "state", "XDG_CACHE_HOME": "cache", "XDG_RUNTIME_DIR": "run",
		"USERPROFILE": ".", "APPDATA": "config", "LOCALAPPDATA": "state",
	} {
		path := filepath.Join(env.WorkDir, folder)
		if err := os.MkdirAll(path, 0o700); err != nil {
			return err
		}
		env.Setenv(name, path)
	}
	env.Values[varsKey{}] = env.Vars
	files, err := filepath.Glob(filepath.Join(env.WorkDir, "*.toml"))
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		filled := os.Expand(string(text), func(name string) string { return vars[name] })
		if err := os.WriteFile(file, []byte(filled), 0o600); err != nil {
			return err
		}
	}
	return err
}

func world(ts *testscript.TestScript, _ bool, args []string) {
	ts.Check(ts.Value(worldKey{}).(*standin.World).Cause(args[0]))
}

func crowd(ts *testscript.TestScript, _ bool, args []string) {
	n, err := strconv.Atoi(args[0])
	ts.Check(err)
	most, err := strconv.Atoi(args[1])
	ts.Check(err)
	path, err := exec.LookPath(args[2])
	ts.Check(err)
	spotify := ts.Value(worldKey{}).(*standin.World).Spotify
	before := spotify.Count("/api/token")
	var all sync.WaitGroup
	said, errs := make([]string, n), make([]error, n)
	for i := range n {
		all.Go(func() {
			cmd := exec.Command(path, args[3:]...)
			cmd.Dir, cmd.Env = ts.Getenv("WORK"), ts.Value(varsKey{}).([]string)
			var complaint strings.Builder
			cmd.Stderr = &complaint
			out, err := cmd.Output()
			if said[i] = string(out); err != nil {
				errs[i] = fmt.Errorf("%w: %s", err, &complaint)
			}
		})
	}
	all.Wait()
	ts.Check(errors.Join(errs...))
	slices.Sort(said)
	if n := len(slices.Compact(said)); n > max(most, 1) {
		ts.Fatalf("%d answers", n)
	}
	if got := spotify.Count("/api/token") - before; got > most {
		ts.Fatalf("%d renewals", got)
	}
}

func exits(ts *testscript.TestScript, neg bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	var failed *exec.ExitError
	got := 0
	if err := ts.Exec(args[1], args[2:]...); errors.As(err, &failed) {
		got = failed.ExitCode()
	} else {
		ts.Check(err)
	}
	if neg || got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

// patience is how long something may take that is to happen at once, on a busy machine.
const patience = 30 * time.Second

func until(ts *testscript.TestScript, neg bool, args []string) {
	pattern, err := regexp.Compile("(?m)" + args[0])
	ts.Check(err)
	for begin := time.Now(); ; time.Sleep(100 * time.Millisecond) {
		err := ts.Exec(args[1], args[2:]...)
		out := ts.ReadFile("stdout")
		if pattern.MatchString(out) != neg {
			return
		}
		if time.Since(begin) > patience {
			ts.Fatalf("in vain; the last time it was %v with\n%s%s", err, out, ts.ReadFile("stderr"))
		}
	}
}

// knock says whether anybody listens at the address that stands in a file.
func knock(file string) {
	text, err := os.ReadFile(file)
	if err != nil {
		fmt.Fprintln(os.Stderr, "knock:", err)
		os.Exit(4)
	}
	if resp, err := http.Get(strings.TrimSpace(string(text))); err != nil {
		fmt.Println("closed")
	} else {
		resp.Body.Close()
		fmt.Println("open")
	}
}

// browse is a person in front of a browser: who is asked for a permission gives it, or answers what stands in the file answer. One who is away leaves
// the address in the file $AWAY.
func browse(address string) {
	if file := os.Getenv("AWAY"); file != "" {
		if err := os.WriteFile(file, []byte(address+"\n"), 0o600); err != nil {
			fmt.Fprintln(os.Stderr, "xdg-open:", err)
			os.Exit(4)
		}
		return
	}
	page := func(resp *http.Response, err error) (address, text string) {
		if err == nil {
			defer resp.Body.Close()
			var body []byte
			if body, err = io.ReadAll(resp.Body); err == nil && resp.StatusCode == http.StatusOK {
				return resp.Request.URL.String(), string(body)
			}
		}
		fmt.Fprintln(os.Stderr, "xdg-open: no page:", err)
		os.Exit(4)
		return "", ""
	}
	if at, text := page(http.Get(address)); strings.Contains(text, `name="answer" value="agree"`) {
		answer, err := os.ReadFile("answer")
		if err != nil {
			answer = []byte("agree")
		}
		page(http.PostForm(at, url.Values{"answer": {strings.TrimSpace(string(answer))}}))
	}
}

// elsewhere runs a command that has a person sign in on another computer, and does what they do: answer is
// what they choose there. What they paste first is another address.
func elsewhere(answer string, command []string) {
	fail := func(err error) {
		if err != nil {
			fmt.Fprintln(os.Stderr, "elsewhere:", err)
			os.Exit(4)
		}
	}
	cmd := exec.Command(command[0], command[1:]...)
	in, err := cmd.StdinPipe()
	fail(err)
	out, err := cmd.StderrPipe()
	fail(err)
	fail(cmd.Start())
	for lines := bufio.NewScanner(out); lines.Scan(); {
		fmt.Fprintln(os.Stderr, lines.Text())
		if !strings.HasPrefix(lines.Text(), "http") {
			continue
		}
		browser := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
		resp, err := browser.PostForm(lines.Text(), url.Values{"answer": {answer}})
		fail(err)
		resp.Body.Close()
		fmt.Fprintf(in, "%s\n%s\n", lines.Text(), resp.Header.Get("Location"))
	}
	_ = cmd.Wait()
	os.Exit(cmd.ProcessState.ExitCode())
}

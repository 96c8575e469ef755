package command_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"fermata/app/secrets"
	"fermata/checks/clock"
	"fermata/checks/session"
	"fermata/checks/spotify"
	"fermata/checks/standin"
)

// BenchmarkToken is how long "fermata token" takes where an instance has a valid one, and how many times what an
// empty Go program does: of the medians of runs in turn.
func BenchmarkToken(b *testing.B) {
	const runs, budget = 200, 2.0
	home := b.TempDir()
	empty := filepath.Join(home, "empty.go")
	if err := os.WriteFile(empty, []byte("package main\n\nfunc main() {}\n"), 0o600); err != nil {
		b.Fatal(err)
	}
	build := func(name, what string) string {
		file := filepath.Join(home, name)
		cmd := exec.Command("go", "build", "-trimpath", "-tags=nethttpomithttp2", "-ldflags=-s -w", "-o", file, what) // as it is packaged
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
		if out, err := cmd.CombinedOutput(); err != nil {
			b.Fatalf("%v: %s", err, out)
		}
		return file
	}
	world := standin.NewWorld(4)
	if err := world.Start(b.Context()); err != nil {
		b.Fatal(err)
	}
	defer world.Close()
	settings := filepath.Join(home, "settings.toml")
	if err := os.WriteFile(settings, fmt.Appendf(nil, "[clock]\nservers = [%q]\n[secrets]\nstore = \"file\"\n[[account]]\nname = \"music\"\nprovider = \"oauth2\"\n"+
		"client_id = %q\nauthorize_url = \"%[3]s/authorize\"\ntoken_url = \"%[3]s/api/token\"\n", world.TimeAddresses()[0], standin.ClientID, world.URL()), 0o600); err != nil {
		b.Fatal(err)
	}
	p := spotify.Provider()
	p.AuthorizeURL, p.TokenURL, p.HealthURL = world.URL()+"/authorize", world.URL()+"/api/token", ""
	account := session.New(session.Config{Name: "music", ClientID: standin.ClientID, Provider: p}, world.Transport(), clock.NewTime(),
		secrets.NewFile(filepath.Join(home, "fermata", "sign-ins.json")))
	attempt, err := account.Begin(spotify.RedirectURI, false)
	if err != nil {
		b.Fatal(err)
	}
	back, err := world.Spotify.Agree(attempt.URL)
	if err != nil {
		b.Fatal(err)
	}
	if err := attempt.Finish(b.Context(), back.Query()); err != nil {
		b.Fatal(err)
	}
	programs := [][]string{{build("fermata-it", "fermata"), "token", "music"}, {build("empty", empty)}}
	env := append(os.Environ(), "HOME="+home, "XDG_RUNTIME_DIR="+home, "XDG_STATE_HOME="+home, "XDG_CONFIG_HOME="+home, "DISPLAY=", "DBUS_SESSION_BUS_ADDRESS=")
	instance := exec.Command(programs[0][0], "--config", settings)
	instance.Env = env
	if err := instance.Start(); err != nil {
		b.Fatal(err)
	}
	defer func() { _ = instance.Process.Signal(os.Interrupt); _ = instance.Wait() }()
	run := func(args []string) error {
		cmd := exec.Command(args[0], args[1:]...)
		cmd.Env = env
		return cmd.Run()
	}
	for begin := time.Now(); run(programs[0]) != nil; time.Sleep(50 * time.Millisecond) {
		if time.Since(begin) > patience {
			b.Fatal("no token in time")
		}
	}
	for b.Loop() {
		took := make([][]time.Duration, len(programs))
		for n := range runs * len(programs) {
			begin := time.Now()
			if err := run(programs[n%len(programs)]); err != nil {
				b.Fatal(err)
			}
			took[n%len(programs)] = append(took[n%len(programs)], time.Since(begin))
		}
		var median []float64
		for i := range took {
			slices.Sort(took[i])
			median = append(median, took[i][runs/2].Seconds()*1e3)
		}
		b.ReportMetric(median[0], "ms")
		b.ReportMetric(median[1], "empty-ms")
		b.ReportMetric(median[0]/median[1], "times-empty")
		if median[0] > budget*median[1] {
			b.Errorf("%.1f ms, an empty program %.1f ms; the budget is %.0f times that", median[0], median[1], budget)
		}
	}
}

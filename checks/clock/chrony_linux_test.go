package clock

import (
	"fmt"
	"maps"
	"math/rand"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"fermata/checks/text"
)

// tear is how far apart Read may have read the two clocks, which no server's bound knows.
const tear = 100 * time.Microsecond

// need finds a program, or skips; under CI it fails.
func need(tb testing.TB, program, debian string) string {
	tb.Helper()
	for _, dir := range []string{"", "/usr/sbin/"} {
		if path, err := exec.LookPath(dir + program); err == nil {
			return path
		}
	}
	if os.Getenv("CI") == "true" {
		tb.Fatalf("%s is missing: install the package %s", program, debian)
	}
	tb.Skipf("%s is missing: install the package %s", program, debian)
	return ""
}

func me(tb testing.TB) string {
	u, err := user.Current()
	if err != nil {
		tb.Fatal(err)
	}
	return u.Username
}

// startChronyd runs a real time server on the host and returns its address. It does not touch the
// computer's clock.
func startChronyd(tb testing.TB, host string, env ...string) string {
	tb.Helper()
	return startChronydWith(tb, host, "local stratum 5", func(s *source) bool { return s.ok }, env...)
}

// startChronydWith runs one with a line of settings of its own, and waits until it answers as expected.
func startChronydWith(tb testing.TB, host, line string, expected func(*source) bool, env ...string) string {
	tb.Helper()
	path := need(tb, "chronyd", "chrony")
	free, err := net.ListenPacket("udp", net.JoinHostPort(host, "0"))
	if err != nil {
		tb.Skipf("no %s here: %v", host, err)
	}
	port := free.LocalAddr().(*net.UDPAddr).Port
	free.Close()
	dir, err := os.MkdirTemp("", "chrony")
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { os.RemoveAll(dir) })
	conf := filepath.Join(dir, "chrony.conf")
	config := fmt.Sprintf("port %d\nbindaddress %s\nallow\n%s\ncmdport 0\nbindcmdaddress /\npidfile %s\n", port, host, line, filepath.Join(dir, "pid"))
	if err := os.WriteFile(conf, []byte(config), 0o600); err != nil {
		tb.Fatal(err)
	}
	cmd := exec.Command(path, "-x", "-d", "-u", me(tb), "-f", conf)
	cmd.Env = append(os.Environ(), env...)
	if err := cmd.Start(); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	addr := net.JoinHostPort(host, strconv.Itoa(port))
	c := New(Config{Servers: []string{addr}}, NewTime())
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if expected(c.look(tb.Context(), quickSpacing)[0]) {
			return addr
		}
	}
	tb.Fatal("chronyd does not answer")
	return ""
}

// TestChronyd asks real time servers over real sockets, over both families.
func TestChronyd(t *testing.T) {
	for _, host := range []string{"127.0.0.1", "::1"} {
		t.Run(host, func(t *testing.T) {
			addr := startChronyd(t, host)
			facts, _ := New(Config{Servers: []string{addr}, Tolerance: time.Second, Interval: time.Hour}, NewTime()).Look(t.Context())
			if facts.Verdict != Right || facts.Offset.Abs() > facts.Error+tear || facts.Error > 50*time.Millisecond || facts.Servers[0].Stratum != 5 {
				t.Errorf("%s: %+v", facts.Summary(text.Style{}), facts)
			}
		})
	}
}

// fakeTime is the environment of a program whose clock is shifted.
func fakeTime(tb testing.TB, shift string) []string {
	tb.Helper()
	found, _ := filepath.Glob("/usr/lib/*/faketime/libfaketime.so.1")
	if len(found) == 0 {
		if os.Getenv("CI") == "true" {
			tb.Fatal("libfaketime is missing: install the package faketime")
		}
		tb.Skip("libfaketime is missing: install the package faketime")
	}
	return []string{"LD_PRELOAD=" + found[0], "FAKETIME=" + shift}
}

// TestShiftedChronyd asks three right servers and a real one that is 90 s off.
func TestShiftedChronyd(t *testing.T) {
	liar := startChronyd(t, "127.0.0.1", fakeTime(t, "+90s")...)
	servers := []string{startChronyd(t, "127.0.0.1"), liar, startChronyd(t, "127.0.0.1"), startChronyd(t, "127.0.0.1")}
	facts, _ := New(Config{Servers: servers, Tolerance: time.Second, Interval: time.Hour}, NewTime()).Look(t.Context())
	if facts.Verdict != Right || facts.Agree != 3 || facts.Servers[1].Verdict != "falseticker" || (facts.Servers[1].Offset-90*time.Second).Abs() > time.Second {
		t.Errorf("%s: %+v", facts.Summary(text.Style{}), facts)
	}
	facts, _ = New(Config{Servers: []string{liar}, Tolerance: time.Second, Interval: time.Hour}, NewTime()).Look(t.Context())
	if got := facts.Summary(text.Style{}); facts.Verdict != Harmful || got != "Your clock is 1 min 30 s behind" {
		t.Errorf("by the shifted server alone: %v %q", facts.Verdict, got)
	}
}

// TestRealMixes asks a hundred mixes of real servers: right ones, two that are wrong by other times, one that has
// not got the time itself, a silent one, and a port where nobody is.
func TestRealMixes(t *testing.T) {
	silent, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	gone, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	gone.Close()
	right := map[string]bool{}
	wrong := map[string]bool{startChronyd(t, "127.0.0.1", fakeTime(t, "+90s")...): true, startChronyd(t, "127.0.0.1", fakeTime(t, "-3600s")...): true}
	for range 3 {
		right[startChronyd(t, "127.0.0.1")] = true
	}
	unset := startChronydWith(t, "127.0.0.1", "", func(s *source) bool { return serverVerdict(s.err) == NotSynchronised })
	all := slices.Concat(slices.Collect(maps.Keys(right)), slices.Collect(maps.Keys(wrong)), []string{unset, silent.LocalAddr().String(), gone.LocalAddr().String()})
	random := rand.New(rand.NewSource(5905))
	var wg sync.WaitGroup
	for mix := range 100 {
		random.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		servers := slices.Clone(all[:2+random.Intn(len(all)-1)])
		wg.Go(func() {
			honest, liars := 0, 0
			for _, s := range servers {
				if right[s] {
					honest++
				} else if wrong[s] {
					liars++
				}
			}
			c := New(Config{Servers: servers, Tolerance: time.Second, Interval: time.Hour}, NewTime())
			c.says = nothing
			f, _ := c.Look(t.Context())
			if want := honest > liars && honest > 1; f.Known != want || want && (f.Verdict != Right || f.Agree != honest || f.Doubtful() != (2*honest <= len(servers))) {
				t.Errorf("mix %d, %d right, %d wrong of %d: %s: %+v", mix, honest, liars, len(servers), f.Summary(text.Style{}), f)
			}
			for _, s := range f.Servers {
				if f.Known && right[s.Name] != (s.Verdict == OK) || s.Name == unset && s.Verdict != NotSynchronised {
					t.Errorf("mix %d: %s is %q", mix, s.Name, s.Verdict)
				}
			}
		})
		if mix%10 == 9 {
			wg.Wait()
		}
	}
	wg.Wait()
}

var wrongBy = regexp.MustCompile(`System clock wrong by (-?[0-9.]+) seconds`)

// BenchmarkAgainstChrony measures the same server with chronyd -Q and with Fermata in turn, and
// tells how far the two are apart; run it with -benchtime 50x. The shifted server is a program under
// libfaketime, which adds errors of its own.
func BenchmarkAgainstChrony(b *testing.B) {
	b.Run("ordinary", func(b *testing.B) { againstChrony(b, startChronyd(b, "127.0.0.1")) })
	b.Run("shifted", func(b *testing.B) {
		againstChrony(b, startChronyd(b, "127.0.0.1", fakeTime(b, "+90s")...))
	})
}

func againstChrony(b *testing.B, server string) {
	path := need(b, "chronyd", "chrony")
	host, port, err := net.SplitHostPort(server)
	if err != nil {
		b.Fatal(err)
	}
	c := New(Config{Servers: []string{server}, Tolerance: time.Second, Interval: time.Hour}, NewTime())
	c.says = nothing
	pid := filepath.Join(b.TempDir(), "pid")
	var apart, bounds []time.Duration
	for b.Loop() {
		out, err := exec.Command(path, "-Q", "-t", "15", "-u", me(b), "-f", "/dev/null",
			"server "+host+" port "+port+" iburst", "cmdport 0", "pidfile "+pid).CombinedOutput()
		m := wrongBy.FindSubmatch(out)
		if m == nil {
			b.Fatalf("chronyd -Q: %v: %s", err, out)
		}
		s, _ := strconv.ParseFloat(string(m[1]), 64)
		facts, _ := c.Look(b.Context())
		apart = append(apart, (facts.Offset - seconds(s)).Abs())
		bounds = append(bounds, facts.Error)
	}
	slices.Sort(bounds)
	b.ReportMetric(float64(bounds[len(bounds)/2])/1e3, "median-bound-µs")
	report(b, "µs", apart, time.Microsecond)
}

// report reports the median and the 95 % quantile.
func report(b *testing.B, unit string, ds []time.Duration, one time.Duration) {
	slices.Sort(ds)
	b.ReportMetric(float64(ds[len(ds)/2])/float64(one), "median-"+unit)
	b.ReportMetric(float64(ds[min(len(ds)*95/100, len(ds)-1)])/float64(one), "p95-"+unit)
	b.ReportMetric(0, "ns/op") // says nothing here
}

package clock

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// The real clock is set by a child process that puts it back as soon as its standard input ends,
// which it does when the test is over, fails, or dies. The child knows the time by the boot clock.

const stepVariable = "FERMATA_TEST_STEP"

// TestStepChild is the child. It does nothing when it is run as a test.
func TestStepChild(t *testing.T) {
	step, err := time.ParseDuration(os.Getenv(stepVariable))
	if err != nil {
		return
	}
	base := Read().wallBase()
	defer func() {
		if err := setClock(base + bootTime()); err != nil {
			fmt.Println("the clock was not put back:", err)
		}
	}()
	if err := setClock(base + bootTime() + step); err != nil {
		fmt.Println("not set:", err)
		return
	}
	fmt.Println("set")
	os.Stdin.SetReadDeadline(time.Now().Add(5 * time.Second))
	io.Copy(io.Discard, os.Stdin)
}

func setClock(unixTime time.Duration) error {
	ts := unix.NsecToTimespec(int64(unixTime))
	return unix.ClockSettime(unix.CLOCK_REALTIME, &ts)
}

// stepClock sets the real clock by step and returns what puts it back and waits for that.
func stepClock(tb testing.TB, step time.Duration) (back func()) {
	tb.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^TestStepChild$")
	cmd.Env = append(os.Environ(), stepVariable+"="+step.String())
	stop, err := cmd.StdinPipe()
	if err != nil {
		tb.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		tb.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		tb.Fatal(err)
	}
	lines := bufio.NewReader(out)
	line, _ := lines.ReadString('\n')
	done := false
	back = func() {
		if done {
			return
		}
		done = true
		stop.Close()
		if rest, _ := io.ReadAll(lines); len(rest) > 0 && string(rest) != "PASS\n" {
			tb.Errorf("the child says %q", rest)
		}
		cmd.Wait()
	}
	tb.Cleanup(back)
	if line != "set\n" {
		tb.Fatalf("the child says %q", line)
	}
	return back
}

// needClock skips where the clock cannot or must not be set: it is the whole computer's.
func needClock(tb testing.TB) {
	tb.Helper()
	if os.Getenv("CI") != "true" {
		tb.Skip("the computer's clock is set with CI=true only")
	}
	if err := setClock(Read().wallBase() + bootTime()); err != nil {
		// No package mends that, so it is no failure under CI either.
		tb.Skipf("this computer's clock cannot be set here (%v): run as root, outside of a container", err)
	}
}

func TestWatchRealStep(t *testing.T) {
	needClock(t)
	changes, err := Watch(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	before := Read()
	// Setting the clock to what it is: no step.
	if err := setClock(Read().wallBase() + bootTime()); err != nil {
		t.Fatal(err)
	}
	for _, step := range []time.Duration{2 * time.Second, -2 * time.Second} {
		back := stepClock(t, step)
		expectStep(t, changes, step)
		back()
		expectStep(t, changes, -step)
	}
	if moved := Read().Since(before).Step; moved.Abs() > 5*time.Millisecond {
		t.Errorf("the clock was put back %v off", moved)
	}
}

func expectStep(t *testing.T, changes <-chan Change, step time.Duration) {
	t.Helper()
	select {
	case c := <-changes:
		if (c.Step-step).Abs() > 5*time.Millisecond || c.Slept != 0 {
			t.Errorf("got %+v, want a step of %v", c, step)
		}
	case <-time.After(5 * time.Second):
		t.Errorf("a step of %v was not reported", step)
	}
}

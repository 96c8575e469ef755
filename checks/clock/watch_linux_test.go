package clock

import (
	"context"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func TestWatchEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	changes, err := Watch(ctx)
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	select {
	case _, open := <-changes:
		if open {
			t.Error("sent a step that was none")
		}
	case <-time.After(5 * time.Second):
		t.Fatal("the watch outlives its context")
	}
}

// TestSince: what is smaller than a change can be is none, since the clocks are read one after the other.
func TestSince(t *testing.T) {
	a := Read()
	for _, tt := range []struct{ step, slept, wantStep, wantSlept time.Duration }{
		{0, 0, 0, 0},
		{minStep - 1, minSlept - 1, 0, 0},
		{1 - minStep, -minSlept, 0, 0},
		{minStep, minSlept, minStep, minSlept},
		{-minStep, 37 * time.Nanosecond, -minStep, 0},
		{-37 * time.Nanosecond, time.Hour, 0, time.Hour},
	} {
		boot := time.Minute + tt.slept
		b := Reading{Wall: a.Wall.Add(boot + tt.step), Boot: a.Boot + boot, Awake: a.Awake + time.Minute}
		if got := b.Since(a); got != (Change{tt.wantStep, tt.wantSlept}) {
			t.Errorf("step of %v, %v asleep: %+v", tt.step, tt.slept, got)
		}
	}
}

// TestReadingsAgree holds three readings of the computer's own clocks to each other.
func TestReadingsAgree(t *testing.T) {
	a := Read()
	time.Sleep(20 * time.Millisecond)
	b := Read()
	if c := b.since(a); c.Step.Abs() > minStep || c.Slept.Abs() > minStep {
		t.Errorf("nothing happened, and yet: %+v", c)
	}
	if d := b.Boot - a.Boot; d < 20*time.Millisecond || d > 10*time.Second {
		t.Errorf("20 ms took %v", d)
	}
	var info unix.Sysinfo_t
	if err := unix.Sysinfo(&info); err != nil {
		t.Fatal(err)
	}
	if up := time.Duration(info.Uptime) * time.Second; (b.Boot - up).Abs() > 5*time.Second {
		t.Errorf("Boot says %v, the kernel is up for %v", b.Boot, up)
	}
}

package clock

import (
	"context"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func TestWatchEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	jolts, err := Watch(ctx)
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	select {
	case _, open := <-jolts:
		if open {
			t.Error("told of a step that was none")
		}
	case <-time.After(5 * time.Second):
		t.Fatal("the watch outlives its context")
	}
}

// TestReadingsAgree holds three readings of the computer's own clocks to each other.
func TestReadingsAgree(t *testing.T) {
	a := Read()
	time.Sleep(20 * time.Millisecond)
	b := Read()
	if j := b.Since(a); j.notable() {
		t.Errorf("nothing happened, and yet: %+v", j)
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

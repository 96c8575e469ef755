package session

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"fermata/checks"
)

// run does for d what the app does: it runs the check whenever it wants to be run.
func (b *bench) run(t *testing.T, d time.Duration, each ...func(checks.Finding)) checks.Finding {
	t.Helper()
	end := time.Now().Add(d)
	for {
		f := b.Run(t.Context())
		for _, g := range each {
			g(f)
		}
		left := time.Until(end)
		if left <= 0 {
			return f
		}
		if f.Next == 0 || f.Next > left {
			f.Next = left
		}
		time.Sleep(f.Next)
	}
}

func TestGrantThresholds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.keeper.grant.AuthorizedAt = time.Now().Add(-6*month + 7*24*time.Hour + time.Minute)
		f := b.Run(t.Context())
		if !strings.HasPrefix(f.Summary, "Sign-in ends in 8 days, on ") || f.Level != checks.Warning {
			t.Errorf("%v: %s", f.Level, f.Summary)
		}
		if f.Next != time.Minute {
			t.Errorf("next look in %v, want it at the seventh day", f.Next)
		}
		time.Sleep(f.Next)
		if f = b.Run(t.Context()); !strings.HasPrefix(f.Summary, "Sign-in ends in 7 days, on ") {
			t.Error(f.Summary)
		}
		time.Sleep(6 * 24 * time.Hour)
		if f = b.run(t, time.Minute); !strings.HasPrefix(f.Summary, "Sign-in ends within a day, on ") {
			t.Error(f.Summary)
		}
	})
}

// An outage: nothing for a minute and a half, then it is not known, then a warning before the end.
func TestOutageLevels(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.run(t, 40*time.Minute)
		b.provider.set(func(p *fakeProvider) { p.down = errNoHost })
		down := time.Now()
		var seen []checks.Level
		var at []time.Duration
		b.run(t, 50*time.Minute, func(f checks.Finding) {
			if len(seen) == 0 || seen[len(seen)-1] != f.Level {
				t.Log(time.Since(down), f.Level, f.Summary)
				seen, at = append(seen, f.Level), append(at, time.Since(down))
			}
		})
		want := []checks.Level{checks.OK, checks.Unknown, checks.Warning, checks.Critical}
		if len(seen) != len(want) {
			t.Fatalf("levels %v at %v", seen, at)
		}
		for i := range want {
			if seen[i] != want[i] {
				t.Fatalf("levels %v at %v", seen, at)
			}
		}
		if at[1] < grace || at[2] < 14*time.Minute || at[2] > 16*time.Minute || (at[3]-at[2]-5*time.Minute).Abs() > time.Second {
			t.Errorf("levels %v at %v", seen, at)
		}
		if since := b.facts().Trouble.Since; since.Sub(down) > 10*time.Minute {
			t.Errorf("since %v after it began", since.Sub(down))
		}
		b.provider.set(func(p *fakeProvider) { p.down = nil })
		if f := b.run(t, spacing); f.Level != checks.OK {
			t.Errorf("told that the network is back: %v %s", f.Level, f.Summary)
		}
	})
}

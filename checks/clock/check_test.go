package clock

import (
	"context"
	"encoding/binary"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"fermata/checks/text"
)

var names = []string{"a.test", "b.test", "c.test", "d.test"}

// rig is a check with four time servers in a bubble.
type rig struct {
	*Check
	clocks *clocks
	net    *network
	time   *Time
}

func newRig(edit func(servers map[string]*responder)) *rig {
	c := newClocks()
	n := &network{servers: map[string]*responder{}, now: c.trueTime}
	for _, name := range names {
		n.servers[name] = &responder{there: 10 * time.Millisecond, back: 10 * time.Millisecond, dispersion: time.Millisecond}
	}
	if edit != nil {
		edit(n.servers)
	}
	t := NewTimeFrom(c.read)
	return &rig{New(Config{
		Servers: names, Tolerance: 2 * time.Second, Interval: 30 * time.Minute, Dial: n.dial,
	}, t), c, n, t}
}

// run looks, and returns the facts and in how long the next look is wanted.
func (r *rig) run(t *testing.T) (Facts, time.Duration) {
	t.Helper()
	begun := time.Now()
	facts, next := r.Look(t.Context())
	if took := time.Since(begun); took > 2*time.Second {
		t.Errorf("the look took %v", took)
	}
	return facts, next
}

func TestRight(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(func(s map[string]*responder) {
			s["a.test"].offset = 3 * time.Millisecond
			s["b.test"].offset = 3 * time.Millisecond
			s["c.test"].offset = 3 * time.Millisecond
			s["d.test"].offset = 3 * time.Millisecond
		})
		facts, next := r.run(t)
		if got, want := facts.Summary(text.Style{}), "Clock is right (within 15 ms; 4 of 4 servers agree)"; facts.Verdict != Right || got != want {
			t.Errorf("got %v %q, want %q", facts.Verdict, got, want)
		}
		if next < 27*time.Minute || next > 33*time.Minute {
			t.Errorf("next look in %v", next)
		}
		if !facts.Known || !r.time.Known() || len(facts.Servers) != 4 {
			t.Errorf("facts: %+v", facts)
		}
		for _, s := range facts.Servers {
			if s.Verdict != OK || s.Stratum != 1 || (s.RTT-20*time.Millisecond).Abs() > time.Microsecond {
				t.Errorf("server: %+v", s)
			}
		}
		for name, s := range r.net.servers {
			if s.asked != 4 {
				t.Errorf("%s was asked %d times", name, s.asked)
			}
		}
	})
}

func TestWrong(t *testing.T) {
	for _, tt := range []struct {
		offset  time.Duration
		verdict Verdict
		summary string
	}{
		{-93 * time.Second, Harmful, "Your clock is 1 min 33 s ahead"},
		{93 * time.Second, Harmful, "Your clock is 1 min 33 s behind"},
		{3 * time.Second, Wrong, "Your clock is 3 s behind"},
		{-25 * time.Hour, Harmful, "Your clock says 1 January 2000, time servers say 30 December 1999"},
		{23 * time.Hour, Harmful, "Your clock is 23 h behind"},
		{-2 * time.Hour, Harmful, "Your clock is 2 h ahead"},
		{56 * 365 * day, Harmful, "Your clock says 1 January 2000, time servers say 18 December 2055"},
		{2005 * time.Millisecond, Vague, "Clock not checked closely enough: 2 s behind (within 12 ms)"},
		{1995 * time.Millisecond, Right, "Clock is right (within 2 s; 4 of 4 servers agree)"},
	} {
		synctest.Test(t, func(t *testing.T) {
			r := newRig(func(s map[string]*responder) {
				for _, name := range names {
					s[name].offset = tt.offset
				}
			})
			facts, _ := r.run(t)
			if got := facts.Summary(text.Style{}); facts.Verdict != tt.verdict || got != tt.summary {
				t.Errorf("%v: got %v %q, want %v %q", tt.offset, facts.Verdict, got, tt.verdict, tt.summary)
			}
			if (facts.Offset - tt.offset).Abs() > facts.Error {
				t.Errorf("%v: measured %v ± %v", tt.offset, facts.Offset, facts.Error)
			}
			if got := time.Until(r.time.Now()); (got - tt.offset).Abs() > facts.Error {
				t.Errorf("%v: true time is %v from the wall clock", tt.offset, got)
			}
		})
	}
}

// TestBadServers spoils one server of four, and then all, in each way.
func TestBadServers(t *testing.T) {
	for _, tt := range []struct {
		name    string
		spoil   responder
		verdict ServerVerdict
		all     string // the reason when all four are like this
	}{
		{"no answer", responder{silent: true}, "no answer", "no time server answered"},
		{"refused", responder{err: syscall.ECONNREFUSED}, "refused", "no time server answered"},
		{"unplugged", responder{err: syscall.ENETUNREACH}, "unreachable", "no time server could be reached"},
		{"garbage", responder{replace: func([]byte) []byte { return []byte("<html>Log in to the hotel's network") }}, "bad answer", "no time server answered"},
		{"empty", responder{replace: func([]byte) []byte { return []byte{} }}, "bad answer", "no time server answered"},
		{"long", responder{replace: func([]byte) []byte { return make([]byte, 9000) }}, "bad answer", "no time server answered"},
		{"wrong origin", responder{spoil: func(p []byte) { p[31] ^= 1 }}, "answer to another question", "no time server answered"},
		{"client mode", responder{spoil: func(p []byte) { p[0] = 4<<3 | 3 }}, "bad answer", "no time server answered"},
		{"kiss RATE", responder{spoil: kissOfDeath("RATE")}, "kiss of death RATE", "no time server answered"},
		{"kiss DENY", responder{spoil: kissOfDeath("DENY")}, "kiss of death DENY", "no time server answered"},
		{"stratum 0", responder{spoil: kissOfDeath("\x00\x00\x00\x00")}, "kiss of death", "no time server answered"},
		{"kiss of markup", responder{spoil: kissOfDeath("<b>!")}, "kiss of death", "no time server answered"},
		{"stratum 16", responder{spoil: func(p []byte) { p[1] = 16 }}, "not synchronised", "4 time servers answered, none of them knows the time"},
		{"alarm", responder{spoil: func(p []byte) { p[0] |= 3 << 6 }}, "not synchronised", "4 time servers answered, none of them knows the time"},
		{"alarm at stratum 16, as it is sent", responder{spoil: func(p []byte) { p[0] |= 3 << 6; p[1] = 0 }}, "not synchronised", "4 time servers answered, none of them knows the time"},
		{"not yet set", responder{spoil: func(p []byte) { p[0] |= 3 << 6; kissOfDeath("INIT")(p) }}, "not synchronised", "4 time servers answered, none of them knows the time"},
		{"kiss RATE with an alarm", responder{spoil: func(p []byte) { p[0] |= 3 << 6; kissOfDeath("RATE")(p) }}, "kiss of death RATE", "no time server answered"},
		{"no transmit time", responder{spoil: func(p []byte) { clear(p[40:48]) }}, "bad answer", "no time server answered"},
		{"took longer than the exchange", responder{spoil: func(p []byte) {
			binary.BigEndian.PutUint32(p[32:], binary.BigEndian.Uint32(p[32:])-100)
		}}, "bad answer", "no time server answered"},
		{"precision 2^-128 s", responder{spoil: func(p []byte) { p[3] = 0x80 }}, "bad answer", "no time server answered"},
		{"poll 2^-128 s", responder{spoil: func(p []byte) { p[2] = 0x80 }}, "bad answer", "no time server answered"},
		{"precision 2^33 s", responder{spoil: func(p []byte) { p[3] = 33 }}, "bad answer", "no time server answered"},
		{"90 s off", responder{offset: 90 * time.Second}, "falseticker", ""},
	} {
		synctest.Test(t, func(t *testing.T) {
			r := newRig(func(s map[string]*responder) { bad := tt.spoil; s["c.test"] = &bad })
			facts, _ := r.run(t)
			if got, want := facts.Summary(text.Style{}), "Clock is right (within 12 ms; 3 of 4 servers agree)"; facts.Verdict != Right || got != want {
				t.Errorf("%s: got %v %q, want %q", tt.name, facts.Verdict, got, want)
			}
			if got := facts.Servers[2].Verdict; got != tt.verdict {
				t.Errorf("%s: verdict %q, want %q", tt.name, got, tt.verdict)
			}
		})
		if tt.all == "" {
			continue
		}
		synctest.Test(t, func(t *testing.T) {
			r := newRig(func(s map[string]*responder) {
				for _, name := range names {
					bad := tt.spoil
					s[name] = &bad
				}
			})
			facts, next := r.run(t)
			if got, want := facts.Summary(text.Style{}), "Clock not checked: "+tt.all; facts.Verdict != Unknown || got != want {
				t.Errorf("%s everywhere: got %v %q, want %q", tt.name, facts.Verdict, got, want)
			}
			if facts.Known || r.time.Known() {
				t.Errorf("%s everywhere: something is known: %+v", tt.name, facts)
			}
			if next > time.Minute {
				t.Errorf("%s everywhere: next look in %v", tt.name, next)
			}
		})
	}
}

func kissOfDeath(code string) func([]byte) {
	return func(p []byte) { p[1] = 0; copy(p[12:16], code) }
}

func TestNoMajority(t *testing.T) {
	for _, tt := range []struct {
		offsets []time.Duration
		silent  int
		want    string
	}{
		{[]time.Duration{0, 0, time.Minute, time.Minute}, 0, "4 of 4 time servers answered, but no majority agrees"},
		{[]time.Duration{0, time.Hour, time.Minute, 2 * time.Hour}, 0, "4 of 4 time servers answered, but no majority agrees"},
		{[]time.Duration{0, time.Minute, 0, 0}, 2, "2 of 4 time servers answered, but no majority agrees"},
		{[]time.Duration{0, 0, 0, 0}, 3, "only one of 4 time servers told the time"},
	} {
		synctest.Test(t, func(t *testing.T) {
			r := newRig(func(s map[string]*responder) {
				for i, name := range names {
					s[name].offset = tt.offsets[i]
					s[name].silent = i >= len(names)-tt.silent
				}
			})
			facts, _ := r.run(t)
			if got, want := facts.Summary(text.Style{}), "Clock not checked: "+tt.want; facts.Verdict != Unknown || got != want || facts.Known {
				t.Errorf("got %v %q, want %q", facts.Verdict, got, want)
			}
			for _, s := range facts.Servers {
				if s.Answered() && s.Verdict != Unconfirmed {
					t.Errorf("nothing is known, and %s is %q", s.Name, s.Verdict)
				}
			}
		})
	}
}

// TestSilentServerDoesNotDelay holds a look to a second although one server of four is silent.
func TestSilentServerDoesNotDelay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(func(s map[string]*responder) { s["b.test"].silent = true })
		begun := time.Now()
		if f, _ := r.Look(t.Context()); f.Verdict != Right {
			t.Error(f.Summary(text.Style{}))
		}
		if took := time.Since(begun); took > time.Second {
			t.Errorf("took %v", took)
		}
	})
}

// TestKisses holds Fermata to what a server asks: RATE is a longer and longer pause, DENY an end.
func TestKisses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(func(s map[string]*responder) {
			s["a.test"].spoil = kissOfDeath("RATE")
			s["b.test"].spoil = kissOfDeath("DENY")
		})
		asked := func(name string) int {
			defer func() { r.net.servers[name].asked = 0 }()
			return r.net.servers[name].asked
		}
		r.run(t)
		if a, b := asked("a.test"), asked("b.test"); a != 1 || b != 1 {
			t.Errorf("asked on after a kiss: %d and %d packets", a, b)
		}
		for range 48 * 4 {
			r.Look(t.Context())
			time.Sleep(15 * time.Minute)
		}
		if a := asked("a.test"); a < 3 || a > 7 {
			t.Errorf("asked the server that said RATE %d times in two days", a)
		}
		if b := asked("b.test"); b != 0 {
			t.Errorf("asked the server that said DENY %d times", b)
		}
		facts, _ := r.run(t)
		if got := facts.Servers[1].Verdict; got != "refused to answer" {
			t.Errorf("verdict %q", got)
		}
	})
}

// TestStepDuringSample: a sample taken across a step has a round trip of nought or so and would win.
func TestStepDuringSample(t *testing.T) {
	for _, step := range []time.Duration{-20 * time.Millisecond, 20 * time.Millisecond, time.Hour, -time.Hour} {
		synctest.Test(t, func(t *testing.T) {
			r := newRig(nil)
			go func() {
				time.Sleep(210 * time.Millisecond) // the second sample is on its way
				r.clocks.set(step)
			}()
			facts, _ := r.run(t)
			if !facts.Known || (facts.Offset+step).Abs() > facts.Error || facts.Error > 12*time.Millisecond {
				t.Errorf("step of %v: %v ± %v", step, facts.Offset, facts.Error)
			}
			for _, s := range facts.Servers {
				if (s.RTT - 20*time.Millisecond).Abs() > time.Microsecond {
					t.Errorf("step of %v: a sample across it was kept: %+v", step, s)
				}
			}
		})
	}
}

func TestSuspendDuringSample(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(nil)
		for _, s := range r.net.servers {
			s.there, s.back = 100*time.Millisecond, 0
		}
		go func() {
			time.Sleep(50 * time.Millisecond)
			r.clocks.suspend(-90 * time.Millisecond) // as if the answer had come faster than it can
		}()
		facts, _ := r.run(t)
		for _, s := range facts.Servers {
			if s.RTT < 99*time.Millisecond {
				t.Errorf("a sample across a suspend was kept: %+v", s)
			}
		}
	})
}

// TestTrueTime carries true time over steps and a suspend.
func TestTrueTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(nil)
		r.clocks.set(-time.Hour)
		if d := time.Until(r.time.Now()).Abs(); r.time.Known() || d > time.Millisecond {
			t.Errorf("before the first look it is %v off the clock at the start", d)
		}
		r.run(t)
		check := func(what string) {
			t.Helper()
			if d := r.time.Now().Sub(r.clocks.trueTime()).Abs(); d > 11*time.Millisecond {
				t.Errorf("%s: true time is %v off", what, d)
			}
		}
		check("measured")
		r.clocks.set(3 * time.Hour)
		check("after a step")
		r.clocks.suspend(8 * time.Hour)
		check("after a suspend")
		for _, name := range names {
			r.net.servers[name].silent = true
		}
		if f, _ := r.run(t); f.Verdict != Unknown || !r.time.Known() {
			t.Errorf("offline: %v %q", f.Verdict, f.Summary(text.Style{}))
		}
		check("after a look that failed")
	})
}

// TestUsualLook spreads the samples where nobody waits for them, and only there.
func TestUsualLook(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(nil)
		var next time.Duration
		took := func() time.Duration {
			begun := time.Now()
			_, next = r.Look(t.Context())
			return time.Since(begun)
		}
		if d := took(); d > time.Second {
			t.Errorf("the first look took %v", d)
		}
		time.Sleep(next)
		if d := took(); d < 6*time.Second || d > 8*time.Second {
			t.Errorf("a usual look took %v", d)
		}
		time.Sleep(next - time.Second)
		if d := took(); d > time.Second {
			t.Errorf("a look on demand took %v", d)
		}
	})
}

func TestCancelledLook(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(func(s map[string]*responder) {
			for _, name := range names {
				s[name].silent = true
			}
		})
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		begun := time.Now()
		f, _ := r.Look(ctx)
		if took := time.Since(begun); took > 150*time.Millisecond || f.Verdict != Unknown {
			t.Errorf("%v after %v", f.Summary(text.Style{}), took)
		}
	})
}

func TestNoServers(t *testing.T) {
	f, _ := New(Config{Tolerance: time.Second, Interval: time.Hour}, NewTime()).Look(t.Context())
	if f.Verdict != Unknown || !strings.Contains(f.Summary(text.Style{}), "no time server is known") {
		t.Errorf("%v %q", f.Verdict, f.Summary(text.Style{}))
	}
}

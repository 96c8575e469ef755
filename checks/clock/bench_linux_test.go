package clock

import (
	"math/rand/v2"
	"net"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"fermata/checks/text"
)

// serveTrueTime runs a time server on a real socket whose clock no step moves, and counts packets.
func serveTrueTime(tb testing.TB, packets *atomic.Int64) string {
	tb.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	serveTrueTimeOn(tb, conn, packets)
	return conn.LocalAddr().String()
}

func serveTrueTimeOn(tb testing.TB, conn net.PacketConn, packets *atomic.Int64) {
	tb.Cleanup(func() { conn.Close() })
	base := Read().wallBase()
	go func() {
		b := make([]byte, 512)
		for {
			n, from, err := conn.ReadFrom(b)
			if err != nil {
				return
			}
			if n >= 48 {
				packets.Add(2)
				conn.WriteTo(reply(b[:n], time.Unix(0, int64(base+bootTime())), time.Millisecond), from)
			}
		}
	}()
}

func realCheck(tb testing.TB, tolerance time.Duration) (*Check, *atomic.Int64) {
	var packets atomic.Int64
	var servers []string
	for range 4 {
		servers = append(servers, serveTrueTime(tb, &packets))
	}
	c := New(Config{Servers: servers, Tolerance: tolerance, Interval: 30 * time.Minute}, NewTime())
	c.says = nothing
	return c, &packets
}

// BenchmarkStepToFinding sets the real clock by two seconds and takes the time until the finding is
// there; run it as root with CI=true and -benchtime 20x.
func BenchmarkStepToFinding(b *testing.B) {
	needClock(b)
	changes, err := Watch(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	c, _ := realCheck(b, time.Second)
	c.Look(b.Context())
	var times []time.Duration
	for b.Loop() {
		back := stepClock(b, 2*time.Second)
		begun := Read().Boot
		<-changes
		f, _ := c.Look(b.Context())
		times = append(times, Read().Boot-begun)
		back()
		<-changes
		if f.Summary(text.Style{}) != "Your clock is 2 s ahead" {
			b.Fatal(f.Summary(text.Style{}))
		}
	}
	report(b, "ms", times, time.Millisecond)
}

// BenchmarkLook tells what the looks of a day cost while all is well, servers included.
func BenchmarkLook(b *testing.B) {
	c, packets := realCheck(b, time.Second)
	cpu := func() time.Duration {
		var u syscall.Rusage
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
			b.Fatal(err)
		}
		return time.Duration(u.Utime.Nano() + u.Stime.Nano())
	}
	before := cpu()
	for b.Loop() {
		c.Look(b.Context())
	}
	looks := float64(day / c.cfg.Interval)
	b.ReportMetric(looks*float64(cpu()-before)/1e6/float64(b.N), "CPU-ms/day")
	b.ReportMetric(looks*float64(packets.Load())/float64(b.N), "packets/day")
}

// BenchmarkFalsetickers tells how often the truth is found among liars that agree with each other,
// and how often a lie is believed.
func BenchmarkFalsetickers(b *testing.B) {
	for _, tt := range []struct {
		name           string
		servers, liars int
	}{{"1of3", 3, 1}, {"1of4", 4, 1}, {"2of5", 5, 2}, {"3of7", 7, 3}} {
		b.Run(tt.name, func(b *testing.B) {
			found, fooled := 0, 0
			for b.Loop() {
				lie := time.Duration(rand.Int64N(int64(time.Hour))) + time.Second
				servers := make([]Server, tt.servers)
				for i := range servers {
					err := time.Millisecond + time.Duration(rand.Int64N(int64(50*time.Millisecond)))
					off := time.Duration((2*rand.Float64() - 1) * float64(err))
					if i < tt.liars {
						off += lie
					}
					servers[i] = Server{Offset: off, Error: err}
				}
				var f Facts
				f.weigh(servers, "ntp")
				switch {
				case f.Known && f.Offset.Abs() <= f.Error:
					found++
				case f.Known:
					fooled++
				}
			}
			b.ReportMetric(100*float64(found)/float64(b.N), "%-survived")
			b.ReportMetric(100*float64(fooled)/float64(b.N), "%-fooled")
		})
	}
}

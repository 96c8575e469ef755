package clock

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"fermata/checks/text"

	"fermata/checks/clock/autotime"
)

func TestWriteTable(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(func(s map[string]*responder) {
			for _, name := range names {
				s[name].offset = -2 * time.Hour
			}
			s["b.test"].silent = true
			s["d.test"].offset = time.Minute
			s["d.test"].there = 100 * time.Millisecond
		})
		r.cfg.Servers = append(r.cfg.Servers[:4:4], "e.test")
		r.net.servers["e.test"] = &responder{offset: -2*time.Hour + 7*time.Millisecond}
		r.Check = New(r.cfg, r.time)
		r.says = func(context.Context) (autotime.Keeper, []string) {
			return autotime.Keeper{}, []string{"The kernel says that its clock is not synchronised."}
		}
		facts, _ := r.run(t)
		var b strings.Builder
		if err := WriteTable(&b, facts, text.Style{}); err != nil {
			t.Fatal(err)
		}
		const want = `
   server  offset                round trip  stratum  age  verdict
*  a.test  2 h ahead ± 12 ms     20 ms       1        1 s  ok
?  b.test  -                     -           -        -    no answer
*  c.test  2 h ahead ± 12 ms     20 ms       1        1 s  ok
x  d.test  1 min behind ± 57 ms  110 ms      1        1 s  falseticker
*  e.test  2 h ahead ± 1 ms      1 ms        1        1 s  ok

Your clock is 2 h ahead.
3 time servers agree. d.test differs: by it this clock is 1 min behind.
A whole 2 h looks like a time zone mistake, or like a second system that sets the hardware clock to local time.
The kernel says that its clock is not synchronised.
`
		if got := "\n" + b.String(); got != want {
			t.Errorf("got %s\nwant %s", got, want)
		}
	})
}

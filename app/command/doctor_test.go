package command

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"fermata/app"
	"fermata/app/core"
	"fermata/app/view"
	"fermata/checks/standin"
	"fermata/checks/standin/standintest"

	"github.com/cockroachdb/datadriven"
)

// consult runs "fermata doctor" for a person without an account who met a trouble, and returns the guide, what
// is printed, with the looks in order, the exit code, and how long it took.
func consult(t *testing.T, trouble, see string, json bool) (g *view.Guide, printed string, code int, took time.Duration) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		world := standin.NewWorld(4)
		o := demoOutside(world, func(context.Context, string) error { return nil })
		o.Time, o.Trim = standintest.Time(), nil
		a := app.New(o)
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() { defer close(done); a.Run(ctx) }()
		defer func() { cancel(); <-done }()
		i := instance(server{a}.local)
		time.Sleep(10 * time.Second)
		if trouble != "well" {
			if err := i.do(ctx, core.ID("demo", trouble)); err != nil {
				t.Error(err)
			}
			time.Sleep(time.Minute)
		}
		var out bytes.Buffer
		c := &doctorCommand{at: &place{invocation: &invocation{ctx: ctx, out: &out, err: &out}, demo: true}, JSON: json, See: see}
		seen, err := c.seen()
		if err != nil {
			t.Error(err)
		}
		begun := time.Now()
		err = c.examine(ctx, i, seen)
		took = time.Since(begun)
		if f, ok := errors.AsType[finding](err); ok {
			code = int(f)
		} else if err != nil {
			t.Error(err)
		}
		printed = out.String()
		g = new(view.Guide)
		if err := i(ctx, g, "guide", ""); err != nil {
			t.Error(err)
		}
	})
	if json {
		return g, printed, code, took
	}
	looks, rest, _ := strings.Cut(printed, "\n\n")
	lines := strings.Split(looks, "\n")
	slices.Sort(lines) // those that end at one moment come in any order
	return g, strings.Join(lines, "\n") + "\n\n" + rest, code, took
}

// TestDoctor writes what "fermata doctor" prints of each trouble in testdata/doctor, without what all well
// has; -rewrite writes it anew. With see= the person tells what the player says.
func TestDoctor(t *testing.T) {
	missing := []string{}
	for _, tr := range standin.Troubles() {
		missing = append(missing, tr.Name)
	}
	_, well, _, _ := consult(t, "well", "", false)
	datadriven.RunTest(t, "testdata/doctor", func(t *testing.T, d *datadriven.TestData) string {
		missing = slices.DeleteFunc(missing, func(name string) bool { return name == d.Cmd })
		see := ""
		if arg, ok := d.Arg("see"); ok {
			see = strings.ReplaceAll(strings.Join(arg.Vals, ","), "+", " ")
		}
		g, printed, code, took := consult(t, d.Cmd, see, d.HasArg("json"))
		if took > 10*time.Second {
			t.Errorf("%s took %v", d.Cmd, took)
		}
		var b strings.Builder
		for line := range strings.Lines(printed) {
			if len(d.CmdArgs) == 0 && d.Cmd == "well" || d.HasArg("json") || line != "\n" && !strings.Contains(well, line) {
				b.WriteString(line)
			}
		}
		first := "none"
		if g.Fix != nil {
			first = g.Fix.ID
		}
		fmt.Fprintf(&b, "verdict %s, first fix %s, exit code %d, %.1f s\n", g.ID, first, code, took.Seconds())
		return b.String()
	})
	if len(missing) > 0 {
		t.Errorf("nothing tells of %q", missing)
	}
}

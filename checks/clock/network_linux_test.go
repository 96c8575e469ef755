package clock

import (
	"context"
	"encoding/binary"
	"os"
	"os/exec"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/sys/unix"
)

// TestDebounce: a burst of changes is one value, once it is over.
func TestDebounce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		changes := make(chan struct{}, 1)
		bursts := debounce(changes)
		for range 20 {
			notify(changes)
			time.Sleep(networkRest / 2)
			if len(bursts) > 0 {
				t.Fatal("sent in the middle of a burst")
			}
		}
		time.Sleep(networkRest)
		if len(bursts) != 1 {
			t.Error("not sent after a burst")
		}
		notify(changes)
		time.Sleep(2 * networkRest) // another one before anybody received the first
		notify(changes)             // the last is cut off
		close(changes)
		n := 0
		for range bursts {
			n++
		}
		if n != 1 {
			t.Errorf("%d values, want 1", n)
		}
	})
}

func route(kind uint16, bits, table byte) []byte {
	b := make([]byte, unix.SizeofNlMsghdr+unix.SizeofRtMsg)
	binary.NativeEndian.PutUint32(b, uint32(len(b)))
	binary.NativeEndian.PutUint16(b[4:], kind)
	b[unix.SizeofNlMsghdr], b[unix.SizeofNlMsghdr+1], b[unix.SizeofNlMsghdr+4] = unix.AF_INET, bits, table
	return b
}

func TestDefaultRoute(t *testing.T) {
	all := route(unix.RTM_NEWROUTE, 0, unix.RT_TABLE_MAIN)
	subnet := route(unix.RTM_NEWROUTE, 24, unix.RT_TABLE_MAIN)
	short := slices.Clone(all)
	short[0] = 5
	for name, tt := range map[string]struct {
		b    []byte
		want bool
	}{
		"new":           {all, true},
		"gone":          {route(unix.RTM_DELROUTE, 0, unix.RT_TABLE_MAIN), true},
		"second":        {append(slices.Clone(subnet), all...), true},
		"subnet":        {subnet, false},
		"another table": {route(unix.RTM_NEWROUTE, 0, unix.RT_TABLE_LOCAL), false},
		"a link":        {route(unix.RTM_NEWLINK, 0, unix.RT_TABLE_MAIN), false},
		"nothing":       {nil, false},
		"half":          {all[:20], false},
		"wrong length":  {short, false},
	} {
		if got := defaultRoute(tt.b); got != tt.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestWatchNetworkEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	changes, err := WatchNetwork(ctx)
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	select {
	case _, open := <-changes:
		if open {
			t.Error("sent a change that was none")
		}
	case <-time.After(5 * time.Second):
		t.Fatal("the watch outlives its context")
	}
}

const routeVariable = "FERMATA_TEST_ROUTE"

// TestWatchNetworkRoute changes the default route of a network of its own, in a child process.
func TestWatchNetworkRoute(t *testing.T) {
	if os.Getenv(routeVariable) == "" {
		if _, err := exec.LookPath("ip"); err != nil {
			if os.Getenv("CI") == "true" {
				t.Fatal("ip is missing: install the package iproute2")
			}
			t.Skip("ip is missing: install the package iproute2")
		}
		cmd := exec.Command(os.Args[0], "-test.run=^TestWatchNetworkRoute$", "-test.v")
		cmd.Env = append(os.Environ(), routeVariable+"=1")
		cmd.SysProcAttr = ownNetwork()
		if out, err := cmd.CombinedOutput(); err != nil {
			if _, ran := err.(*exec.ExitError); !ran {
				t.Skipf("no network namespaces here: %v", err) // no package mends that
			}
			t.Errorf("%v: %s", err, out)
		}
		return
	}
	changes, err := WatchNetwork(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, command := range []string{"link set lo up", "route add default dev lo", "route del default dev lo"} {
		if out, err := exec.Command("/bin/sh", "-c", "ip "+command).CombinedOutput(); err != nil {
			t.Fatalf("%s: %v: %s", command, err, out)
		}
	}
	select {
	case <-changes:
	case <-time.After(10 * time.Second):
		t.Fatal("a default route was not reported")
	}
}

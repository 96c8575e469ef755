package app

import (
	"context"
	"errors"
	"testing"

	"fermata/app/account"
	"fermata/app/core"
)

// Whoever waits is told the address, so that a browser that does not open is not the end.
func TestOpening(t *testing.T) {
	shut := errors.New("no display")
	opened := 0
	open := func(context.Context, string) error { opened++; return shut }
	a := New(Outside{Outside: account.Outside{Open: open}})
	for _, waits := range []bool{true, false} {
		ctx := context.WithValue(t.Context(), runKey{}, core.Act{Run: 7, Waits: waits})
		if err := a.out.Open(ctx, "http://127.0.0.1:1/start"); errors.Is(err, shut) == waits {
			t.Errorf("somebody waits: %v; %v", waits, err)
		}
		if e := <-a.events; e != (core.Opened{Run: 7, Address: "http://127.0.0.1:1/start"}) {
			t.Errorf("told %+v", e)
		}
	}
	elsewhere := context.WithValue(t.Context(), runKey{}, core.Act{Run: 7, Waits: true, Elsewhere: true})
	if err := a.out.Open(elsewhere, "x"); err != nil || opened != 2 || len(a.events) != 1 {
		t.Errorf("for another computer: %v, opened %d times, %d events", err, opened, len(a.events))
	}
	<-a.events
	if err := a.out.Open(t.Context(), "x"); !errors.Is(err, shut) || len(a.events) > 0 {
		t.Errorf("of no action: %v, %d events", err, len(a.events))
	}
}

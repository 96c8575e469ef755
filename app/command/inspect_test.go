package command

import (
	"context"
	"errors"
	"io"
	"testing"
)

// Ctrl-C ends inspect though nothing comes.
func TestInspectEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	in, out := io.Pipe()
	defer out.Close()
	c := inspectCommand{at: &place{invocation: &invocation{ctx: ctx, in: in}}}
	cancel()
	if input, err := c.input(); !errors.Is(err, context.Canceled) {
		t.Errorf("%q, %v", input, err)
	}
}

package command

import (
	"context"
	"errors"
	"io"
	"path/filepath"
	"strings"
	"testing"
)

// Ctrl-C ends inspect though nothing comes.
func TestInspectEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	in, out := io.Pipe()
	defer out.Close()
	c := inspectCommand{at: &place{invocation: &invocation{ctx: ctx, in: in}}}
	cancel()
	if input, err := c.input("-"); !errors.Is(err, context.Canceled) {
		t.Errorf("%q, %v", input, err)
	}
}

func TestTokensAsArguments(t *testing.T) {
	for name, want := range map[string]bool{
		"eyJhbGciOiJub25lIn0.eyJleHAiOjF9.":  true,
		"eyJhbGciOiJub25lIn0":                true,
		"BQinvented-access-token-0123456789": true,
		"Bearer BQa":                         true,
		`{"access_token":"BQa"}`:             true,
		"a=b":                                true,
		"missing":                            false,
		"token.json":                         false,
		"the-token-of-my-largest-bot.json":   false,
		"/home/jane/.cache-with-a-long-name": false,
		"abcdefghijklmnopqrstuvwx":           false,
		"abcdefghijklmnopqrstuvwxy":          true,
		"abcdefghijklmnopqrstuvwxy.abcd":     false,
		"abcdefghijklmnopqrstuvwxy.abcde":    true,
	} {
		if got := isSecret(filepath.FromSlash(name)); got != want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestFullLine(t *testing.T) {
	for n, want := range map[int]bool{4094: false, 4095: true, 4096: false} {
		if got := hasFullLine([]byte("a\n" + strings.Repeat("a", n) + "\n")); got != want {
			t.Errorf("%d: %v", n, got)
		}
	}
}

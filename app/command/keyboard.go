package command

import (
	"bufio"
	"context"
	"io"
	"os"
	"strings"
	"sync"

	"golang.org/x/term"
)

// lines are what the person types, a line each, until the end of it.
func (in *invocation) lines() <-chan string {
	lines := make(chan string)
	go func() {
		defer close(lines)
		for s := bufio.NewScanner(io.LimitReader(in.in, 1<<20)); s.Scan(); {
			select {
			case lines <- strings.TrimSpace(s.Text()):
			case <-in.ctx.Done():
				return
			}
		}
	}()
	return lines
}

// A keyboard is what the person types at.
type keyboard struct {
	in    *invocation
	lines func() <-chan string
}

func newKeyboard(in *invocation) keyboard { return keyboard{in, sync.OnceValue(in.lines)} }

// secret is a line that a terminal does not show, typed before any other; "" where none comes before ctx ends.
func (k keyboard) secret(ctx context.Context) string {
	f, ok := k.in.in.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		select {
		case line := <-k.lines():
			return line
		case <-ctx.Done():
			return ""
		}
	}
	shown, err := term.GetState(int(f.Fd()))
	if err != nil {
		return ""
	}
	defer term.Restore(int(f.Fd()), shown)
	typed := make(chan string, 1)
	go func() {
		line, _ := term.ReadPassword(int(f.Fd())) // none is an empty one
		typed <- strings.TrimSpace(string(line))
	}()
	select {
	case line := <-typed:
		return line
	case <-ctx.Done():
		return ""
	}
}

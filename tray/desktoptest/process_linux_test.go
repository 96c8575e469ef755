package desktoptest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// A guard is a shell that outlives this program by a moment: it holds the reading end of a pipe whose
// other end only we have, so it ends the desktop when we close the pipe and also when we are killed.
// Pdeathsig cannot do that: it follows the thread that forked, not the process, and it does not reach
// what the bus or a browser starts.
type guard struct {
	cmd  *exec.Cmd
	pipe io.Closer
}

func newGuard(dir string) (*guard, error) {
	script, err := files.ReadFile("testdata/guard.sh")
	if err != nil {
		return nil, err
	}
	cmd := exec.Command("sh", "-c", string(script))
	cmd.Dir = "/"
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // out of the reach of the terminal's Ctrl-C
	pipe, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	g := &guard{cmd, pipe}
	if _, err := fmt.Fprintln(pipe, dir); err != nil {
		return nil, errors.Join(err, g.end())
	}
	return g, nil
}

func (g *guard) end() error {
	g.pipe.Close()
	if err := g.cmd.Wait(); err != nil {
		return fmt.Errorf("ending the desktop: %w", err)
	}
	return nil
}

// A process is one that the desktop started itself.
type process struct {
	name string
	cmd  *exec.Cmd
	log  string
	done chan struct{} // closed when it has ended
}

// run starts one of the desktop's own programs, its output in log/NAME. stdin may be "".
func (d *Desktop) run(stdin string, extra *os.File, program string, args ...string) (*process, error) {
	name := filepath.Base(program)
	p := &process{name: name, log: filepath.Join(d.dir, "log", name), done: make(chan struct{})}
	out, err := os.OpenFile(p.log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	defer out.Close()
	p.cmd = exec.Command(program, args...)
	p.cmd.Env = d.env
	p.cmd.Dir = filepath.Join(d.dir, "home")
	p.cmd.Stdout, p.cmd.Stderr = out, out
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if stdin != "" {
		p.cmd.Stdin = strings.NewReader(stdin)
	}
	if extra != nil {
		p.cmd.ExtraFiles = []*os.File{extra}
	}
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	go func() {
		p.cmd.Wait()
		close(p.done)
	}()
	return p, nil
}

// alive returns an error with the end of the log where the process has ended.
func (p *process) alive() error {
	select {
	case <-p.done:
		return giveUp{fmt.Errorf("%s has ended (%s)\n%s", p.name, p.cmd.ProcessState, tail(p.log))}
	default:
		return nil
	}
}

// stop ends the process and what it started in its group.
func (p *process) stop() {
	syscall.Kill(-p.cmd.Process.Pid, syscall.SIGTERM)
	select {
	case <-p.done:
	case <-time.After(5 * time.Second):
	}
	syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL)
	<-p.done
}

// Logs returns the last lines that each of the desktop's own programs wrote.
func (d *Desktop) Logs() string {
	var b strings.Builder
	logs, _ := filepath.Glob(filepath.Join(d.dir, "log", "*"))
	for _, log := range logs {
		fmt.Fprintf(&b, "--- %s\n%s\n", filepath.Base(log), tail(log))
	}
	return b.String()
}

func tail(file string) string {
	text, _ := os.ReadFile(file)
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	return strings.Join(lines[max(0, len(lines)-10):], "\n")
}

// giveUp is an error that waiting cannot mend.
type giveUp struct{ error }

func (g giveUp) Unwrap() error { return g.error }

// until looks again and again until look returns nil or ctx ends; then it returns look's last error,
// which says what is still not so.
func until(ctx context.Context, look func(context.Context) error) error {
	if _, ok := ctx.Deadline(); !ok {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, 40*time.Second)
		defer cancel()
	}
	var last error
	for {
		err := look(ctx)
		if err == nil {
			return nil
		}
		if ctx.Err() == nil || last == nil {
			last = err // a look that the deadline cut short tells less than the one before it
		}
		if _, ok := errors.AsType[giveUp](err); ok {
			return err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%w: %w", ctx.Err(), last)
		case <-time.After(10 * time.Millisecond):
		}
	}
}

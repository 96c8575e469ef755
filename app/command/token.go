package command

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"syscall"
	"time"

	"fermata/app"
	"fermata/checks"
	"fermata/checks/files"
	"fermata/checks/text"
)

// An issued token is an access token as "fermata token --json" prints it.
type issued struct {
	Token     string    `json:"token"`
	Type      string    `json:"type"`
	ExpiresAt time.Time `json:"expires_at"` // true time
	Left      float64   `json:"expires_in"` // s
}

// token returns a valid access token: with least, a duration, of its life left where that can be had; or, with newer, the
// first that is another than the one with the hash least.
func (s server) token(ctx context.Context, account, least string, newer bool) (t issued, err error) {
	now, err := s.app.Await(ctx, func(app.Snapshot) bool { return true })
	if err != nil {
		return t, err
	}
	if account, err = meant(now.View.Status, account); err != nil {
		return t, err
	}
	if newer {
		_, err := s.app.Await(ctx, func(app.Snapshot) bool {
			access, known := s.app.Held(account)
			return known && hash(access.Token) != least
		})
		return t, err
	}
	d, err := time.ParseDuration(least)
	if err != nil {
		return t, err
	}
	access, err := s.app.Token(ctx, account, d)
	if err != nil {
		return t, err
	}
	at, _ := s.app.TrueTime()
	return issued{access.Token, "Bearer", at.Add(access.Left).UTC().Truncate(time.Second), access.Left.Truncate(time.Second).Seconds()}, nil
}

// hash tells tokens apart without showing them.
func hash(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

type tokenCommand struct {
	at     *place
	Min    time.Duration `long:"min" value-name:"DURATION" description:"fail if it expires sooner, for example 60s"`
	Header bool          `long:"header" description:"print it as a header: Authorization: Bearer …"`
	JSON   bool          `long:"json" description:"output JSON: token, type, expires_at, expires_in"`
	Env    string        `long:"env" value-name:"NAME" description:"run the command after -- with the token in this variable"`
	File   string        `long:"file" value-name:"PATH" description:"keep this file fresh until Ctrl-C, or while the command after -- runs"`
	Signal string        `long:"signal" value-name:"NAME" description:"with --file: send the command this signal after each change, for example HUP"`
	Show   bool          `long:"show" description:"print it on a terminal too"`
	Args   accountArg    `positional-args:"yes"`
}

// Execute implements flags.Commander. A token on a terminal stays in its scrollback, in screenshots and
// in shared sessions, so it takes a second word to get it there.
func (c *tokenCommand) Execute([]string) error {
	printed := c.Env == "" && c.File == ""
	switch {
	case c.Env != "" && c.File != "", c.JSON && c.Header, !printed && (c.JSON || c.Header) && c.Env != "":
		return errors.New("of --env, --file, --header and --json only one way to give the token makes sense")
	case c.Env != "" && len(c.at.rest) == 0:
		return checks.WithHint(errors.New("--env needs a command"), "Write it behind --, for example: fermata token --env TOKEN -- ./script")
	case c.Signal != "" && (c.File == "" || len(c.at.rest) == 0):
		return errors.New("--signal needs --file and a command behind --")
	case printed && len(c.at.rest) > 0:
		return errors.New("a command behind -- needs --env or --file")
	case c.Env != "" && !isVariable(c.Env):
		return fmt.Errorf("%q can't be the name of a variable", c.Env)
	case printed && isTerminal(c.at.out) && !c.Show:
		return checks.WithHint(errors.New("standard output is a terminal, where the token would stay to be seen"),
			"Pipe it to the program that needs it, or say --show.")
	}
	if c.File != "" {
		return c.keep()
	}
	t, err := c.ask(c.Min)
	switch {
	case err != nil:
		return err
	case c.Env != "":
		command := c.command()
		command.Env = append(os.Environ(), c.Env+"="+t.Token)
		return ended(command.Run())
	}
	text, err := c.text(t)
	if err == nil {
		_, err = io.WriteString(c.at.out, text)
	}
	return err
}

// text is the token as it is asked for, and an end of line.
func (c *tokenCommand) text(t issued) (string, error) {
	switch {
	case c.Header:
		return "Authorization: Bearer " + t.Token + "\n", nil
	case c.JSON:
		data, err := json.MarshalIndent(t, "", "  ")
		return string(data) + "\n", err
	}
	return t.Token + "\n", nil
}

// ask returns a token that is good for at least that long; 0: for a moment.
func (c *tokenCommand) ask(least time.Duration) (t issued, err error) {
	err = c.at.withInstance(func(ctx context.Context, i instance) error {
		return i(ctx, &t, "token", c.Args.Account.string, least.String())
	})
	if err == nil && t.Left < c.Min.Seconds() {
		err = checks.WithHint(fmt.Errorf("the session expires in %s, and could not be renewed", text.Span(time.Duration(t.Left)*time.Second)),
			fmt.Sprintf("%q tells why.", c.at.command()+" status"))
	}
	return t, err
}

const (
	renewAhead = 5 * time.Minute  // before its end a file's token is replaced, or at three quarters of a shorter life
	retryAfter = 15 * time.Second // where that did not work
)

// keep writes the token into the file, again after each renewal, until the command ends, or the person has
// enough. Then it removes the file.
func (c *tokenCommand) keep() error {
	sig, err := signalNamed(c.Signal)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(c.at.ctx)
	defer cancel()
	t, err := c.ask(c.Min)
	if err != nil {
		return err
	}
	if err := c.write(t); err != nil {
		return err
	}
	defer os.Remove(c.File)
	result := make(chan error, 1)
	command := c.command()
	if len(c.at.rest) > 0 {
		if err := command.Start(); err != nil {
			return err
		}
		go func() { result <- ended(command.Wait()); cancel() }()
	}
	for {
		left := time.Duration(t.Left) * time.Second
		ahead := min(renewAhead, left/4)
		c.untilNewer(ctx, t, left-ahead)
		if ctx.Err() != nil {
			break
		}
		newer, err := c.ask(max(c.Min, ahead+time.Second))
		if err == nil && newer.Token != t.Token {
			t, err = newer, c.write(newer)
			if err == nil && sig != nil {
				_ = command.Process.Signal(sig) // it may just have ended
			}
		}
		if err != nil {
			fmt.Fprintln(c.at.err, "fermata:", err)
		}
		if err != nil || newer.Token != t.Token {
			select {
			case <-time.After(retryAfter):
			case <-ctx.Done():
			}
		}
	}
	if len(c.at.rest) > 0 {
		return <-result
	}
	return nil
}

// untilNewer waits until the running instance has another token than t, or for that long.
func (c *tokenCommand) untilNewer(ctx context.Context, t issued, most time.Duration) {
	ctx, cancel := context.WithTimeout(ctx, most)
	defer cancel()
	if err := c.at.running(ctx, nil, "newer token", c.Args.Account.string, hash(t.Token)); err != nil {
		<-ctx.Done()
	}
}

func (c *tokenCommand) write(t issued) error {
	text, err := c.text(t)
	if err == nil {
		err = files.Write(c.File, []byte(text), 0o600)
	}
	if err != nil {
		return fmt.Errorf("writing the token: %w", err)
	}
	return nil
}

// command is what stands behind --. When this process is told to end, so is the command.
func (c *tokenCommand) command() *exec.Cmd {
	if len(c.at.rest) == 0 {
		return nil
	}
	command := exec.CommandContext(c.at.ctx, c.at.rest[0], c.at.rest[1:]...)
	command.Stdin, command.Stdout, command.Stderr = c.at.in, c.at.out, c.at.err
	command.Cancel = func() error { return command.Process.Signal(syscall.SIGTERM) }
	return command
}

// ended is how a command ended: its exit code is this program's.
func ended(err error) error {
	if failed, ok := errors.AsType[*exec.ExitError](err); ok && failed.ExitCode() > 0 {
		return finding(failed.ExitCode())
	}
	return err
}

// isVariable reports whether a shell takes s as the name of a variable (POSIX.1-2017, section 3.235).
func isVariable(s string) bool {
	for i, r := range s {
		if r != '_' && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z') && (i == 0 || r < '0' || r > '9') {
			return false
		}
	}
	return s != ""
}

type reportCommand struct{ at *place }

// Execute implements flags.Commander.
func (c *reportCommand) Execute([]string) error {
	return c.at.withInstance(func(ctx context.Context, i instance) error { return i.print(ctx, c.at.out, "report") })
}

// isTerminal reports whether a person sits at the other end of a stream.
func isTerminal(stream any) bool {
	f, ok := stream.(*os.File)
	if !ok {
		return false
	}
	fi, err := f.Stat()
	if err != nil || fi.Mode()&os.ModeCharDevice == 0 {
		return false
	}
	null, err := os.Stat(os.DevNull) // it is a character device too
	return err != nil || !os.SameFile(fi, null)
}

package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"fermata/checks"
	"fermata/checks/clock"
	"fermata/checks/token"

	"github.com/jessevdk/go-flags"
)

// quick is how long inspect looks for true time where no instance runs that knows it.
const quick = 3 * time.Second

type inspectCommand struct {
	at   *place
	JSON bool `long:"json" description:"output JSON"`
	Args struct {
		File flags.Filename `positional-arg-name:"FILE" description:"- or nothing: standard input"`
	} `positional-args:"yes"`
}

// Execute implements flags.Commander.
func (c *inspectCommand) Execute([]string) error {
	p := c.at
	input, err := c.input()
	if err != nil {
		return err
	}
	t, err := p.trueTime()
	if err != nil {
		return err
	}
	r := token.Read(input, time.Now(), t.Now, t.Known)
	if c.JSON {
		err = printJSON(p.out, r)
	} else {
		err = r.Write(p.out)
	}
	switch {
	case err != nil:
		return err
	case r.Problem != "":
		return errors.New("no input: give a file, or pipe a token")
	case r.Answer != "", hasEnded(r.Tokens):
		return errWrong
	}
	return nil
}

// input reads what to explain, and a byte more than is taken of it, so that too much is noticed. It does not
// wait for a pipe that nobody writes to when the person has enough.
func (c *inspectCommand) input() ([]byte, error) {
	name := string(c.Args.File)
	if name == "-" {
		name = ""
	}
	if name == "" && isTerminal(c.at.in) {
		fmt.Fprintln(c.at.err, "Paste the token, then press Enter and Ctrl-D.")
	}
	type result struct {
		input []byte
		err   error
	}
	read := make(chan result, 1)
	go func() {
		input, err := readInput(c.at.in, name)
		read <- result{input, err}
	}()
	select {
	case r := <-read:
		return r.input, r.err
	case <-c.at.ctx.Done():
		return nil, c.at.ctx.Err()
	}
}

func readInput(from io.Reader, name string) ([]byte, error) {
	if name != "" {
		f, err := os.Open(name)
		if err != nil {
			return nil, checks.WithHint(err, "Give the name of a file that holds the token, or the token itself on standard input.")
		}
		defer f.Close()
		from = f
	}
	input, err := io.ReadAll(io.LimitReader(from, token.MaxInput+1))
	if err != nil {
		return nil, fmt.Errorf("reading the token: %w", err)
	}
	return input, nil
}

// hasEnded reports whether a token has ended: in true time, or by this computer's clock where that is
// all there is.
func hasEnded(tokens []token.Token) bool {
	for _, t := range tokens {
		left := t.LeftTrue
		if left == nil {
			left = t.LeftLocal
		}
		if left != nil && *left <= 0 {
			return true
		}
	}
	return false
}

// trueTime is what the running instance knows, or else what the time servers say at once.
func (p *place) trueTime() (trueTime, error) {
	var t trueTime
	ctx, cancel := context.WithTimeout(p.ctx, quick)
	defer cancel()
	err := p.running(ctx, &t, "time")
	if !p.alone(err) {
		return t, p.ctx.Err() // an instance that does not answer leaves it unknown
	}
	cfg, err := p.settings()
	if err != nil {
		return t, err
	}
	own := clock.NewTime()
	clock.New(clock.Config{Servers: cfg.Clock.Servers, Tolerance: cfg.Clock.Tolerance, Interval: cfg.Clock.Interval}, own).Look(ctx)
	return trueTime{own.Now(), own.Known()}, p.ctx.Err()
}

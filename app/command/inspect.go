package command

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"fermata/checks"
	"fermata/checks/clock"
	"fermata/checks/programs/tokenfile"
	"fermata/checks/text"
	"fermata/checks/token"

	"github.com/jessevdk/go-flags"
)

// quick is how long inspect looks for true time where no instance runs that knows it.
const quick = 3 * time.Second

type inspectCommand struct {
	at   *place
	JSON bool `long:"json" description:"output JSON"`
	Args struct {
		Files []flags.Filename `positional-arg-name:"FILE" description:"- or nothing: standard input"`
	} `positional-args:"yes"`
}

// Execute implements flags.Commander.
func (c *inspectCommand) Execute([]string) error {
	p := c.at
	names := c.Args.Files
	if len(names) == 0 {
		names = []flags.Filename{"-"}
	}
	var inputs [][]byte
	for _, name := range names {
		input, err := c.input(string(name))
		if err != nil {
			return err
		}
		inputs = append(inputs, input)
	}
	t, err := p.trueTime()
	if err != nil {
		return err
	}
	var reports []token.Report
	for _, input := range inputs {
		reports = append(reports, token.Read(input, time.Now(), t.Now, t.Known))
	}
	if err := c.print(names, reports); err != nil {
		return err
	}
	wrong := false
	for _, r := range reports {
		switch {
		case r.Empty():
			return errors.New("no input: give a file, or pipe a token")
		case r.Problem != "":
			return errors.New("no token was found")
		}
		wrong = wrong || r.Answer != "" || hasEnded(r.Tokens)
	}
	if wrong {
		return errWrong
	}
	return nil
}

// print writes the reports; those of several files below the files' names, or as a list.
func (c *inspectCommand) print(names []flags.Filename, reports []token.Report) error {
	several := len(reports) > 1
	if c.JSON && several {
		return printJSON(c.at.out, reports)
	}
	for i, r := range reports {
		if several {
			fmt.Fprintf(c.at.out, "%s%s:\n", strings.Repeat("\n", min(i, 1)), text.Line(string(names[i]), 200))
		}
		write := r.Write
		if c.JSON {
			write = func(w io.Writer) error { return printJSON(w, r) }
		}
		if err := write(c.at.out); err != nil {
			return err
		}
	}
	return nil
}

// input reads what to explain, and a byte more than is taken of it, so that too much is noticed. It does not
// wait for a pipe that nobody writes to when the person has enough.
func (c *inspectCommand) input(name string) ([]byte, error) {
	typed := name == "-" && isTerminal(c.at.in)
	if typed {
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
		if typed && hasFullLine(r.input) {
			return nil, checks.WithHint(errors.New("the terminal cut a line off: it takes 4,095 characters"), "Save the token in a file, or pipe it: wl-paste | fermata inspect")
		}
		return r.input, r.err
	case <-c.at.ctx.Done():
		return nil, c.at.ctx.Err()
	}
}

// hasFullLine reports whether a line is as long as a terminal's can be (Linux' N_TTY_BUF_SIZE; macOS has less).
func hasFullLine(input []byte) bool {
	for line := range bytes.Lines(input) {
		if n := len(bytes.TrimRight(line, "\n")); n == 4095 || n == 1023 && runtime.GOOS == "darwin" {
			return true
		}
	}
	return false
}

func readInput(from io.Reader, name string) ([]byte, error) {
	if name != "-" {
		f, err := os.Open(name)
		if err != nil && isSecret(name) {
			return nil, checks.WithHint(errors.New("a token as an argument stays in your shell's history, so it is not read"),
				"Pipe it, for example with: wl-paste | fermata inspect")
		}
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

// isSecret reports whether what should name a file may be a token, or have one in it.
func isSecret(name string) bool {
	const longest = 24 // that a word without a folder or an ending is, as far as it is a file's name
	ending := filepath.Ext(name)
	return len(name) > longest && (ending == "" || len(ending) > 5) && !strings.ContainsRune(name, filepath.Separator) ||
		strings.ContainsAny(name, "{} ;=") || tokenfile.Parts(name) > 0 || strings.Contains(name, "eyJ")
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

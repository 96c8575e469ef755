package config

import (
	"bytes"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/pelletier/go-toml/v2"

	"fermata/checks/text"
)

// byteOrderMark is what Windows' Notepad once began each file with, and what TOML does not know.
var byteOrderMark = []byte("\ufeff")

// A Problem is one thing that is wrong in a settings file.
type Problem struct {
	File string // its path
	Line int    // counted from 1; 0: the file as a whole
	Text string // "[clock] tolerance: expected …, got …"
}

// Error says where and what, on one line: `config.toml:12: [clock] tolerance: expected …`.
func (p Problem) Error() string {
	if p.Line == 0 {
		return fmt.Sprintf("%s: %s", filepath.Base(p.File), p.Text)
	}
	return fmt.Sprintf("%s:%d: %s", filepath.Base(p.File), p.Line, p.Text)
}

// notText says what keeps data from being text at all, nil if it is text.
func notText(data []byte) *Problem {
	const help = `; save the file as "UTF-8" in your editor`
	if bytes.HasPrefix(data, []byte("\xff\xfe")) || bytes.HasPrefix(data, []byte("\xfe\xff")) {
		return &Problem{Line: 1, Text: "this is UTF-16" + help}
	}
	odd := bytes.IndexByte(data, 0)
	if valid := bytes.ToValidUTF8(data, []byte{0}); odd < 0 {
		odd = bytes.IndexByte(valid, 0) // up to there both are the same
	}
	if odd < 0 {
		return nil
	}
	return &Problem{Line: lineAt(data, odd), Text: "this line has bytes that are not UTF-8" + help}
}

// explanations puts into words what go-toml says: the first that has the phrase. The last is about values.
var explanations = []struct{ phrase, text string }{
	{"of type []string", `expected a list such as ["first", "second"]`},
	{"of type", `expected a text in quotes such as "2s"`},
	{"control characters", "there is an invisible control character in this line; remove it"},
	{"carriage return", "there is an invisible control character in this line; remove it"},
	{"terminated", "a closing quote is missing"},
	{"have new lines", "a closing quote is missing"},
	{"escape", `in "double quotes" a backslash has to be doubled, in 'single quotes' not`},
	{"need a character", `in "double quotes" a backslash has to be doubled, in 'single quotes' not`},
	{"array is incomplete", "a list needs a comma after each item and a ] at its end"},
	{"array value", "a list needs a comma after each item and a ] at its end"},
	{"inline table", "a { needs a } at its end, and commas between what is in it"},
	{"to close", "the name of a section stands in brackets, such as [clock] or [[account]]"},
	{"keyword", `expected a text in quotes such as "2s", or a list such as ["720h", "24h"]`},
	{"key", `expected a line such as tolerance = "2s"`},
	{"newline", `expected the end of the line; each setting has a line of its own, such as tolerance = "2s"`},
	{"array table in", "expected one bracket on each side, such as [clock]"},
	{"", `expected a text in quotes such as "2s", or a list such as ["720h", "24h"]`},
}

// decodeProblem puts go-toml's error into words.
func decodeProblem(data []byte, err error) Problem {
	where := new(toml.DecodeError)
	errors.As(err, &where) // each that go-toml has so far is one
	line, column := where.Position()
	line = max(line, 1)
	row := bytes.Split(data, []byte("\n"))[line-1]
	char, _ := utf8.DecodeRune(row[max(0, min(column-1, len(row))):])
	message, key := err.Error(), where.Key()
	switch {
	case strings.ContainsRune("“”„‟‘’‚‛«»", char):
		return Problem{Line: line, Text: fmt.Sprintf(`expected straight quotes ("), got %c`, char)}
	case text.Has(message, "array of tables", "but should be an array"):
		return Problem{Line: line, Text: "expected two brackets on each side of each account: [[account]]"}
	case text.Has(message, "already"):
		return Problem{Line: line, Text: text.Line(key[len(key)-1], 60) + " is there twice; remove one of them"}
	case text.Has(message, "of type struct", "of type config.", "of type []config."):
		return Problem{Line: line, Text: label(strings.Join(key, ".")) + ": expected a section, with settings in lines of their own below"}
	}
	for _, e := range explanations {
		if strings.Contains(message, e.phrase) {
			if message = e.text; len(key) > 0 {
				message = label(strings.Join(key, ".")) + ": " + message
			}
			break
		}
	}
	return Problem{Line: line, Text: message}
}

// unknown says what to do about a key that is no setting.
func unknown(key toml.Key) string {
	section, name := strings.ToLower(key[0]), text.Line(key[len(key)-1], 60)
	if known, ok := settings[section]; ok && section != "" {
		if name == "client_secret" {
			return label(section) + " client_secret: Fermata needs no client secret; remove this line"
		}
		return fmt.Sprintf("%s %s: unknown setting; this section has %s", label(section), name, strings.Join(known, ", "))
	}
	for _, other := range settings[""] {
		if slices.Contains(settings[other], section) {
			return fmt.Sprintf("%s: belongs below the line %s", name, label(other))
		}
	}
	return text.Line(strings.Join(key, "."), 60) + ": unknown section; expected [clock], [notify], [secrets] or [[account]]"
}

// label names an address as a person knows it: "[clock] servers", "[[account]] name".
func label(address string) string {
	section, key, _ := strings.Cut(address, ".")
	section, _, _ = strings.Cut(section, "[")
	key, _, _ = strings.Cut(key, "[")
	if section == "account" {
		section = "[account]"
	}
	return strings.TrimSpace("[" + section + "] " + text.Line(key, 60))
}

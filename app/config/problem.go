package config

import (
	"bytes"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/pelletier/go-toml/v2"
	"github.com/pelletier/go-toml/v2/unstable"

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

// notText says what keeps data from being text at all, "" if it is text, and where.
func notText(data []byte) (offset int, problem string) {
	const help = `; save the file as "UTF-8" in your editor`
	if bytes.HasPrefix(data, []byte("\xff\xfe")) || bytes.HasPrefix(data, []byte("\xfe\xff")) {
		return 0, "this is UTF-16" + help
	}
	valid := bytes.ToValidUTF8(data, []byte{0}) // the same up to the first byte that is not
	offset = bytes.IndexFunc(valid, func(r rune) bool { return r <= unicode.MaxASCII && unicode.IsControl(r) && !unicode.IsSpace(r) })
	if offset < 0 {
		return 0, ""
	}
	return offset, "this line has an invisible control character, or bytes that are not UTF-8" + help
}

// syntaxProblem puts into words why go-toml cannot read data.
func syntaxProblem(data []byte, err error) Problem {
	where := new(toml.DecodeError)
	errors.As(err, &where) // each that go-toml has so far is one
	line, column := where.Position()
	line = max(line, 1)
	row := bytes.Split(data, []byte("\n"))[line-1]
	char, _ := utf8.DecodeRune(row[max(0, min(column-1, len(row))):])
	switch key := where.Key(); {
	case strings.ContainsRune("“”„‟‘’‚‛«»", char):
		return Problem{Line: line, Text: fmt.Sprintf(`expected straight quotes ("), got %c`, char)}
	case text.Has(err.Error(), "already") && len(key) > 0:
		return Problem{Line: line, Text: text.Line(key[len(key)-1], 60) + " is there twice; remove one of them"}
	}
	return Problem{Line: line, Text: `expected a line such as [clock], tolerance = "2s" or grant = ["720h", "24h"]`}
}

// misplaced says why a settings file has nothing like this at an address, "" if it has.
func misplaced(at string, kind unstable.Kind) string {
	section, key, isSetting := strings.Cut(at, ".")
	section, _, isItem := strings.Cut(section, "[")
	key, _, _ = strings.Cut(key, "[")
	settings, known := sections[section]
	several := isList(section) && !isItem // of sections
	isTable := kind == unstable.Table || kind == unstable.InlineTable
	switch {
	case !known:
		for other, settings := range sections {
			if slices.Contains(settings, at) {
				return at + ": belongs below the line " + label(other)
			}
		}
		return text.Line(at, 60) + ": unknown section; expected [clock], [notify], [secrets], [[account]] or [[program]]"
	case several && (isSetting || isTable):
		return label(section) + ": expected two brackets on each side"
	case isSetting && key == "client_secret":
		return label(at) + ": the secret doesn't belong in this file; put secret = true here, and Fermata asks for it when you sign in"
	case isSetting && !slices.Contains(settings, key):
		return label(at) + ": unknown setting; this section has " + strings.Join(settings, ", ")
	case isSetting, isTable, several && kind == unstable.Array, isItem && kind == unstable.ArrayTable:
		return ""
	case kind == unstable.ArrayTable:
		return label(at) + ": expected one bracket on each side"
	}
	return label(at) + ": expected a section, with settings in lines of their own below"
}

// label names an address as a person knows it: "[clock] servers", "[[account]] name".
func label(at string) string {
	section, key, _ := strings.Cut(at, ".")
	section, _, _ = strings.Cut(section, "[")
	key, _, _ = strings.Cut(key, "[")
	if isList(section) {
		section = "[" + section + "]"
	}
	return strings.TrimSpace("[" + section + "] " + text.Line(key, 60))
}

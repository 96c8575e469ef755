package tokenfile

import (
	"cmp"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"slices"
	"strings"

	"fermata/checks/text"
)

const (
	most   = 100     // tokens of one file
	deep   = 50      // values in values
	effort = 8 << 20 // bytes that may be tried in vain
)

// Find returns the tokens in data, UTF-8 or UTF-16, in the order in which they stand; in an object, in that of
// its keys. A Token's Label is the section of settings that it is in, or else the text that the nearest object
// around it has under the key label. Its errors quote nothing of data.
func Find(data []byte, label string) ([]Token, error) {
	in := strings.TrimSpace(strings.TrimPrefix(text.FromUTF16(data), "\ufeff"))
	if in == "" {
		return nil, ErrCut
	}
	f := finder{key: label}
	v, _, err := DecodeJSON(in, true)
	switch {
	case err == nil:
		f.value(v, "", "", 0)
		err = ErrNotToken
	case in[0] == '{' && errors.Is(err, io.ErrUnexpectedEOF):
		return nil, ErrCut
	default:
		f.lines(in)
		err = ErrNotJSON
	}
	if len(f.found) > 0 {
		return f.found, nil
	}
	return nil, err
}

type finder struct {
	key   string // whose text is a label
	found []Token
}

func (f *finder) add(t Token, label string) {
	if len(f.found) < most {
		t.Label = label
		f.found = append(f.found, t)
	}
}

// value looks at a JSON value, which stands under a name.
func (f *finder) value(v any, under, label string, depth int) {
	if depth == deep || len(f.found) == most {
		return
	}
	switch v := v.(type) {
	case string:
		f.text(v, under, label, depth)
	case []any:
		for _, x := range v {
			f.value(x, under, label, depth+1)
		}
	case map[string]any:
		if name, _ := v[f.key].(string); name != "" {
			label = name
		}
		t, is := Object(v, under)
		if is {
			f.add(t, label)
		}
		for _, key := range slices.Sorted(maps.Keys(v)) {
			if !is || !IsField(key) && v[key] != string(t.Access) && v[key] != string(t.ID) {
				f.value(v[key], key, label, depth+1)
			}
		}
	}
}

// text looks for JSON in a text, as the body of a reply in a HAR file is, or else for JWTs.
func (f *finder) text(s, under, label string, depth int) {
	if begin := strings.TrimSpace(s); strings.HasPrefix(begin, "{") || strings.HasPrefix(begin, "[") {
		if v, _, err := DecodeJSON(begin, true); err == nil {
			f.value(v, under, label, depth+1)
			return
		}
	}
	for run := range strings.FieldsFuncSeq(s, func(r rune) bool { return !InToken(r) }) {
		if run = strings.Trim(run, "."); Parts(run) == 3 {
			f.add(Token{Form: Other, Access: Secret(run), End: expiry(run)}, label)
		}
	}
}

// lines reads what is no JSON as a whole, line by line: sections, settings, and JSON after whatever stands
// before it in its line.
func (f *finder) lines(in string) {
	g := group{finder: f}
	tried := 0
	for in != "" && len(f.found) < most {
		line, rest, _ := strings.Cut(in, "\n")
		before, _, _ := strings.Cut(line, "{")
		if begin := len(before); begin < len(line) && tried < effort {
			v, end, err := DecodeJSON(in[begin:], false)
			if err == nil {
				g.flush()
				f.value(v, keyOf(before), g.label, 0)
				in = in[begin+end:]
				continue
			}
			tried += cost(err, len(in)-begin)
		}
		g.line(line)
		in = rest
	}
	g.flush()
}

// cost is about how much was read before an error.
func cost(err error, all int) int {
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
		return int(syntax.Offset)
	}
	return all
}

// keyOf is the name of a setting whose value follows.
func keyOf(before string) string {
	return strings.Trim(strings.TrimRight(strings.TrimSpace(before), " =:"), `"' `)
}

// A group are settings that belong together: those of a section, or YAML's of one indentation.
type group struct {
	*finder
	label  string // the section
	indent int
	values map[string]any
}

// line adds one setting, where line is one.
func (g *group) line(line string) {
	line = strings.TrimRight(line, "\r \t")
	bare := strings.TrimLeft(line, " \t")
	if bare == "" || strings.ContainsAny(bare[:1], "#;") {
		return
	}
	if name, ok := strings.CutPrefix(bare, "["); ok && strings.HasSuffix(name, "]") {
		g.flush()
		g.label = strings.Trim(name, `[]"`)
		return
	}
	next := strings.HasPrefix(bare, "- ") // YAML's next item
	bare = strings.TrimLeft(strings.TrimPrefix(bare, "- "), " ")
	indent := len(line) - len(bare)
	bare = strings.TrimPrefix(bare, "export ")
	at := strings.IndexAny(bare, "=:")
	if at < 0 {
		g.text(bare, "", g.label, 0)
		return
	}
	key, value := strings.Trim(strings.TrimSpace(bare[:at]), `"'`), strings.Trim(strings.TrimSpace(bare[at+1:]), `"',`)
	key = key[strings.LastIndexByte(key, '.')+1:]
	if _, twice := g.values[key]; next || twice || value == "" || g.values != nil && indent != g.indent {
		g.flush()
	}
	if value == "" {
		return
	}
	if g.values == nil {
		g.values = map[string]any{}
	}
	g.values[key], g.indent = value, indent
}

// flush looks at the settings so far.
func (g *group) flush() {
	if g.values != nil {
		g.value(g.values, "", g.label, 0)
	}
	g.values = nil
}

// Merge makes one token of those of a file: the access token that ends last, and the sign-in that any has.
func Merge(all []Token) Token {
	m := all[0]
	for _, t := range all[1:] {
		if t.Access != "" && (m.Access == "" || t.End.After(m.End)) {
			m, t = t, m
		}
		m.Refresh, m.SignIn = cmp.Or(m.Refresh, t.Refresh), m.SignIn || t.SignIn
	}
	return m
}

package config

import (
	"bytes"
	"strconv"
	"strings"

	"github.com/pelletier/go-toml/v2"
	"github.com/pelletier/go-toml/v2/unstable"
)

const (
	maxSize     = 64 << 10 // bytes of a settings file; a page of text has 3,000
	maxProblems = 100      // that are reported of a file; nobody reads more
)

// sections lists the settings of each section.
var sections = map[string][]string{
	"clock":   {"servers", "tolerance", "interval"},
	"notify":  {"session", "grant"},
	"secrets": {"store", "token"},
	"program": {"name", "path", "glob", "login", "watch"},
	"account": append([]string{"name", "provider", "client_id", "renew", "browser"}, notSpotify...),
}

// notSpotify are the settings that Spotify's accounts have no use for, and addresses those that no provider has that is
// known by name.
var (
	notSpotify = append([]string{"api_url", "scopes", "grant_lifetime", "redirect", "params", "secret", "device"}, addresses...)
	addresses  = []string{"issuer", "authorize_url", "token_url", "device_url", "revoke_url"}
)

// isList reports whether a section may be there several times.
func isList(section string) bool { return section == "account" || section == "program" }

// A document has what stands in a settings file, by its address in lower case: "clock",
// "clock.servers[1]", "account[0].name". go-toml's Unmarshal would stop at the first value that is
// wrong, and not say where one is that is right as TOML.
type document struct {
	data     []byte
	entries  map[string]entry
	count    map[string]int // of each list's sections
	problems []Problem
}

// An entry is a section, a setting, or an item of a list.
type entry struct {
	kind       unstable.Kind
	text       string // of a String
	start      int    // of the name, or of an item, in bytes
	value, end int    // of a setting's value
}

// readDocument returns what stands in data. It is empty if data is no TOML.
func readDocument(data []byte) *document {
	d := &document{data: data, entries: map[string]entry{}, count: map[string]int{}}
	if offset, problem := notText(data); problem != "" {
		d.report(offset, problem)
		return d
	}
	if err := toml.Unmarshal(data, &struct{}{}); err != nil {
		d.problems = []Problem{syntaxProblem(data, err)}
		return d
	}
	section, known := "", true
	var p unstable.Parser
	for p.Reset(data); p.NextExpression(); {
		n := p.Expression()
		if n.Kind == unstable.KeyValue {
			if known {
				d.setting(section, n)
			}
			continue
		}
		var name unstable.Range
		section, name = address("", n)
		if n.Kind == unstable.ArrayTable && isList(section) {
			section = item(section, d.count[section])
		}
		known = d.add(section, entry{kind: n.Kind, start: int(name.Offset)})
	}
	return d
}

// address returns the address of a name below another, and where its last part stands.
func address(above string, n *unstable.Node) (string, unstable.Range) {
	var last unstable.Range
	parts := []string{above}
	for it := n.Key(); it.Next(); last = it.Node().Raw {
		part := strings.ToLower(string(it.Node().Data))
		if part == "" || strings.ContainsAny(part, ".[") {
			part = strconv.Quote(part) // no setting has such a name
		}
		parts = append(parts, part)
	}
	return strings.TrimPrefix(strings.Join(parts, "."), "."), last
}

func item(list string, i int) string { return list + "[" + strconv.Itoa(i) + "]" }

// setting adds a setting and the items of its list, or a section in braces and its settings.
func (d *document) setting(section string, n *unstable.Node) {
	at, name := address(section, n)
	value := n.Value()
	e := entry{kind: value.Kind, text: string(value.Data), start: int(name.Offset), end: int(n.Raw.Offset + n.Raw.Length)}
	e.value = e.end - len(bytes.TrimLeft(d.data[name.Offset+name.Length:e.end], " \t="))
	if !d.add(at, e) {
		return
	}
	isSection := !strings.Contains(at, ".")
	for i, it := 0, value.Children(); it.Next(); i++ {
		child := it.Node()
		if value.Kind == unstable.InlineTable {
			if isSection {
				d.setting(at, child)
			}
			continue
		}
		at := item(at, i) // what is not a text has no place of its own
		if d.add(at, entry{kind: child.Kind, text: string(child.Data), start: max(e.start, int(child.Raw.Offset))}) && isSection {
			for it := child.Children(); it.Next(); {
				d.setting(at, it.Node())
			}
		}
	}
}

// add adds an entry, or complains if it is none that a settings file has in that place.
func (d *document) add(at string, e entry) bool {
	problem := misplaced(at, e.kind)
	if _, ok := d.entries[at]; ok { // in capitals, say, which are two names to TOML
		problem = label(at) + ": is there twice; remove one of them"
	}
	if problem != "" {
		d.report(e.start, problem)
		return false
	}
	if list, _, _ := strings.Cut(at, "["); isList(list) && list != at && !strings.Contains(at, ".") {
		d.count[list]++
	}
	d.entries[at] = e
	return true
}

// empty reports whether there is nothing at an address, or an empty text.
func (d *document) empty(at string) bool {
	e, ok := d.entries[at]
	return !ok || e.kind == unstable.String && e.text == ""
}

// complain reports a problem of what stands at an address, or is missing from what is around it.
func (d *document) complain(at string, err error) {
	text := label(at) + ": " + err.Error()
	for at != "" && d.entries[at].kind == unstable.Invalid {
		at = at[:max(0, strings.LastIndexAny(at, ".["))]
	}
	d.report(d.entries[at].start, text)
}

func (d *document) report(offset int, text string) {
	if len(d.problems) < maxProblems {
		d.problems = append(d.problems, Problem{Line: lineAt(d.data, offset), Text: text})
	}
}

func lineAt(data []byte, offset int) int { return bytes.Count(data[:offset], []byte("\n")) + 1 }

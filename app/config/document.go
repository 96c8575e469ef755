package config

import (
	"bytes"
	"errors"
	"strconv"
	"strings"

	"github.com/pelletier/go-toml/v2"
	"github.com/pelletier/go-toml/v2/unstable"
)

// A document is a parsed file: its values, and where in the text each stands. The decoder stops at
// the first value of a wrong type, and we want all of them, so it decodes into plain maps and what
// the values mean is looked at afterwards.
type document struct {
	data   []byte
	values map[string]any
	keys   map[string]unstable.Range // of each key, table and list item, by its address: "account[0].name"
	texts  map[string]unstable.Range // of each value that is a string, quotes included, by its address
}

// newDocument parses data. Its error is a Problem: the first place that is not TOML.
func newDocument(data []byte) (*document, error) {
	d := &document{data: data, keys: map[string]unstable.Range{}, texts: map[string]unstable.Range{}}
	if err := toml.Unmarshal(data, &d.values); err != nil {
		p := Problem{Message: strings.TrimPrefix(err.Error(), "toml: ")}
		if e, ok := errors.AsType[*toml.DecodeError](err); ok {
			p.Line, p.Column = e.Position()
		}
		return nil, p
	}
	var p unstable.Parser
	p.Reset(data)
	table, counts := "", map[string]int{}
	for p.NextExpression() {
		switch n := p.Expression(); n.Kind {
		case unstable.Table, unstable.ArrayTable:
			table = d.enter(n, counts)
		case unstable.KeyValue:
			d.keyValue(n, table)
		}
	}
	if err := p.Error(); err != nil {
		return nil, Problem{Message: err.Error()}
	}
	return d, nil
}

// enter notes where a [table] or [[table]] begins and returns its address. counts has how many
// [[table]]s of each address there were so far.
func (d *document) enter(n *unstable.Node, counts map[string]int) string {
	address := ""
	for it := n.Key(); it.Next(); {
		address = join(address, string(it.Node().Data))
		d.note(address, it.Node().Raw)
		if it.IsLast() && n.Kind == unstable.ArrayTable {
			counts[address]++
		}
		if counts[address] > 0 { // what follows belongs to the newest [[table]]
			address = item(address, counts[address]-1)
			d.note(address, it.Node().Raw)
		}
	}
	return address
}

// note keeps where an address stands first.
func (d *document) note(address string, r unstable.Range) {
	if _, seen := d.keys[address]; !seen {
		d.keys[address] = r
	}
}

// keyValue notes where a key and what belongs to it stand.
func (d *document) keyValue(n *unstable.Node, table string) {
	address := table
	for it := n.Key(); it.Next(); {
		address = join(address, string(it.Node().Data))
		d.note(address, it.Node().Raw)
	}
	d.value(n.Value(), address)
}

func (d *document) value(n *unstable.Node, address string) {
	switch n.Kind {
	case unstable.String:
		d.texts[address] = n.Raw
	case unstable.Array:
		i := 0
		for it := n.Children(); it.Next(); i++ {
			child := item(address, i)
			if it.Node().Raw.Length > 0 { // the parser does not say where a list in a list begins
				d.note(child, it.Node().Raw)
			} else {
				d.note(child, d.keys[address])
			}
			d.value(it.Node(), child)
		}
	case unstable.InlineTable:
		for it := n.Children(); it.Next(); {
			d.keyValue(it.Node(), address)
		}
	}
}

// position returns the line and column of what stands at an address, or of the nearest thing around
// it: a key that is missing is missing from its section.
func (d *document) position(address string) (line, column int) {
	r, ok := d.keys[address]
	for !ok && address != "" {
		address = address[:max(0, strings.LastIndexByte(address, '.'))]
		r, ok = d.keys[address]
	}
	if !ok {
		return 0, 0
	}
	before := d.data[:r.Offset]
	return bytes.Count(before, []byte("\n")) + 1, len(before) - bytes.LastIndexByte(before, '\n')
}

func join(table, key string) string {
	if table == "" {
		return key
	}
	return table + "." + key
}

func item(list string, i int) string { return list + "[" + strconv.Itoa(i) + "]" }

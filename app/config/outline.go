package config

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"github.com/pelletier/go-toml/v2/unstable"
)

// What a settings file may have at most. A page of text has 3,000 bytes, and a person's file some 20
// keys. Without limits go-toml's errors, each with a copy of the file, would need gigabytes.
const (
	maxSize  = 64 << 10 // bytes
	maxLines = 2000
	maxKeys  = 200 // sections and items of lists included
)

// An outline has where each section, key and item of a list stands, by its address in lower case, as
// go-toml does not heed the case of keys: "clock", "clock.servers[1]", "account[0].name".
type outline struct {
	data   []byte
	places map[string]place
	keys   int
	over   *Problem // the limit that the file is beyond, nil: none
}

// A place is where something stands in a file, in bytes.
type place struct {
	start      int // of the name
	value, end int // of a key's value
}

// newOutline reads what stands where in data, until the first error of syntax.
func newOutline(data []byte) *outline {
	o := &outline{data: data, places: map[string]place{}}
	if bytes.Count(data, []byte("\n")) > maxLines {
		o.over = &Problem{Line: maxLines + 1, Text: fmt.Sprintf("a settings file has at most %d lines", maxLines)}
	}
	section := ""
	var p unstable.Parser
	p.Reset(data)
	for o.over == nil && p.NextExpression() {
		n := p.Expression()
		if n.Kind == unstable.KeyValue {
			o.keyValue(section, n, 0)
			continue
		}
		address, name := path("", n)
		section = address
		for i := 0; n.Kind == unstable.ArrayTable && (i == 0 || o.has(section)); i++ {
			section = item(address, i)
		}
		o.add(section, place{start: int(name.Offset)})
	}
	return o
}

// path returns the address of a name below another, and where its last part stands.
func path(address string, n *unstable.Node) (string, unstable.Range) {
	var last unstable.Range
	parts := []string{address}
	for it := n.Key(); it.Next(); last = it.Node().Raw {
		parts = append(parts, strings.ToLower(string(it.Node().Data)))
	}
	return strings.TrimPrefix(strings.Join(parts, "."), "."), last
}

func (o *outline) has(address string) bool { _, ok := o.places[address]; return ok }

func (o *outline) add(address string, p place) {
	o.places[address] = p
	if o.keys++; o.keys > maxKeys {
		o.over = &Problem{Line: lineAt(o.data, p.start), Text: fmt.Sprintf("a settings file has at most %d settings", maxKeys)}
	}
}

// keyValue adds a key and what is in its value; depth is how many values it is in itself.
func (o *outline) keyValue(section string, n *unstable.Node, depth int) {
	address, name := path(section, n)
	p := place{start: int(name.Offset), end: int(n.Raw.Offset + n.Raw.Length)}
	p.value = p.end - len(bytes.TrimLeft(o.data[name.Offset+name.Length:p.end], " \t="))
	o.add(address, p)
	value := n.Value()
	for i, it := 0, value.Children(); it.Next() && o.over == nil; i++ {
		child := it.Node()
		switch {
		case depth > 1 || child.Kind == unstable.Array:
			o.over = &Problem{Line: lineAt(o.data, p.start), Text: "this value is nested deeper than any setting is"}
		case value.Kind == unstable.InlineTable:
			o.keyValue(address, child, depth+1)
		default:
			o.add(item(address, i), place{start: int(child.Raw.Offset)})
			for kv := child.Children(); kv.Next(); {
				o.keyValue(item(address, i), kv.Node(), depth+1)
			}
		}
	}
}

// line returns the line of what stands at an address, or of the nearest thing around it: a key that is
// missing is missing from its section.
func (o *outline) line(address string) int {
	for address != "" && !o.has(address) {
		address = address[:max(0, strings.LastIndexAny(address, ".["))]
	}
	return lineAt(o.data, o.places[address].start)
}

func lineAt(data []byte, offset int) int { return bytes.Count(data[:offset], []byte("\n")) + 1 }

func item(list string, i int) string { return list + "[" + strconv.Itoa(i) + "]" }

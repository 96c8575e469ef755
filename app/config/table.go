package config

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// A table reads one section of a document and gathers what is wrong with it.
type table struct {
	doc      *document
	address  string // "clock", "account[0]"
	label    string // as a person knows it: "[clock]"
	values   map[string]any
	known    []string // the keys that were asked for
	problems *[]Problem
}

// section returns the table of that name, an empty one if the document has none.
func (d *document) section(name string, problems *[]Problem) *table {
	t := &table{doc: d, address: name, label: "[" + name + "]", problems: problems}
	switch v := d.values[name].(type) {
	case nil:
	case map[string]any:
		t.values = v
	default:
		d.complain(problems, name, fmt.Sprintf("[%s]: %v", name, expected("a section", v)))
	}
	return t
}

// read sets into to what parse makes of the value of key, or to last if that fails. Without the key
// into stays as it is. It reports whether nothing was wrong.
func read[T any](t *table, key string, into *T, last T, parse func(any) (T, error)) bool {
	v, ok := t.get(key)
	if !ok {
		return true
	}
	value, err := parse(v)
	if err != nil {
		t.complain(key, err)
		*into = last
		return false
	}
	*into = value
	return true
}

// readList is read for a list. A wrong item is left out and the good ones count, so that one slip of
// the pen does not bring back servers that the person had replaced.
func readList[T comparable](t *table, key string, into *[]T, last []T, least int, parse func(any) (T, error)) {
	v, ok := t.get(key)
	if !ok {
		return
	}
	items, ok := v.([]any)
	if !ok {
		t.complain(key, expected("a list", v))
		*into = last
		return
	}
	values := make([]T, 0, len(items))
	for i, v := range items {
		value, err := parse(v)
		if err == nil && slices.Contains(values, value) {
			err = expected("each only once", v)
		}
		if err != nil {
			t.complainOf(key, item(join(t.address, key), i), err)
			continue
		}
		values = append(values, value)
	}
	if len(items) < least {
		t.complain(key, expected("at least one", v))
	}
	if len(values) < least || len(values) == 0 && len(items) > 0 {
		values = last
	}
	*into = values
}

func (t *table) get(key string) (any, bool) {
	t.known = append(t.known, key)
	v, ok := t.values[key]
	return v, ok
}

// done complains of every key that nobody asked for.
func (t *table) done() {
	for _, key := range slices.Sorted(maps.Keys(t.values)) {
		if !slices.Contains(t.known, key) {
			t.complain(key, unknown(key, t.known))
		}
	}
}

// complain notes what is wrong with a key.
func (t *table) complain(key string, err error) { t.complainOf(key, join(t.address, key), err) }

// complainOf notes what is wrong at an address that belongs to a key.
func (t *table) complainOf(key, address string, err error) {
	t.doc.complain(t.problems, address, fmt.Sprintf("%s %s: %v", t.label, bare(key), err))
}

// complain notes what is wrong at an address.
func (d *document) complain(problems *[]Problem, address, message string) {
	line, column := d.position(address)
	*problems = append(*problems, Problem{Line: line, Column: column, Message: message})
}

// bare returns a key as a person would write it: in quotes where it has anything odd in it.
func bare(key string) string {
	odd := func(r rune) bool {
		return r != '-' && r != '_' && (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z')
	}
	if key == "" || len(key) > 64 || strings.ContainsFunc(key, odd) {
		return show(key)
	}
	return key
}

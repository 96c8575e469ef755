package checks

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// mayImport says which layers of the house a layer may import, itself included where it has several
// packages. What is below app and not named in layer is a leaf.
var mayImport = map[string][]string{
	"main":    {"command", "tray"},
	"tray":    {"tray", "app", "view", "core", "leaf", "checks", "assets"},
	"command": {"app", "view", "core", "account", "config", "leaf", "checks", "assets"},
	"app":     {"view", "core", "account", "config", "leaf", "checks", "assets"},
	"account": {"core", "config", "leaf", "checks"},
	"view":    {"core", "checks", "assets"},
	"core":    {"config", "checks"}, // config for what settings are, a value
	"leaf":    {"leaf", "config", "checks", "assets"},
	"config":  {"checks"},
	"checks":  {"checks"},
	"assets":  {"assets"},
}

// layer returns the layer of one of the house's packages.
func layer(path string) string {
	switch words := strings.Split(path, "/"); {
	case len(words) == 1:
		return "main"
	case len(words) == 2 || words[1] != "app":
		return words[1]
	case slices.Contains([]string{"core", "view", "account", "config", "command"}, words[2]):
		return words[2]
	}
	return "leaf"
}

// TestImportsRunOneWay holds the house in order: checks ← app ← tray ← main, and inside app
// core ← view ← app ← command, of which the leaves know none. Packages for tests, whose names end in
// "test", are for tests alone.
func TestImportsRunOneWay(t *testing.T) {
	out, err := exec.Command("go", "list", "-f", `{{.ImportPath}} {{join .Imports " "}}`, "fermata/...").Output()
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	if len(lines) < 20 {
		t.Fatalf("only %d packages were listed", len(lines))
	}
	for _, line := range lines {
		words := strings.Fields(line)
		from := words[0]
		for _, to := range words[1:] {
			if to != "fermata" && !strings.HasPrefix(to, "fermata/") {
				continue
			}
			if !slices.Contains(mayImport[layer(from)], layer(to)) {
				t.Errorf("%s must not import %s: %s is above %s", from, to, layer(to), layer(from))
			}
			if strings.HasSuffix(to, "test") && !strings.Contains(from, "test") {
				t.Errorf("%s must not import %s outside of tests", from, to)
			}
		}
	}
}

// TestPure holds app/core and app/view to deciding and wording: time comes in with the event, all else
// goes out as a value.
func TestPure(t *testing.T) {
	for _, room := range []string{"core", "view"} {
		files, err := filepath.Glob("../app/" + room + "/*.go")
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			for _, found := range impure(t, file, nil) {
				t.Errorf("%s: %s", file, found)
			}
		}
	}
}

func TestImpure(t *testing.T) {
	for text, want := range map[string]string{
		`import "net/url"; var _ url.URL`:                           ``,
		`import "time"; func f(t time.Time) { t.Add(time.Second) }`: ``,
		`import "fermata/checks/cause"`:                             ``,
		`import "net"`:                                              `net`,
		`import "os/exec"`:                                          `os/exec`,
		`import "sync/atomic"`:                                      `sync/atomic`,
		`import "crypto/rand"`:                                      `crypto/rand`,
		`import "github.com/godbus/dbus/v5"`:                        `github.com/godbus/dbus/v5`,
		`import "time"; func f() { time.Now() }`:                    `time.Now`,
		`import clock "time"; var f = clock.AfterFunc`:              `clock.AfterFunc`,
		`func f() { go f() }`:                                       `go statement`,
		`type t struct { c chan int }`:                              `channel`,
		`func f() { select {} }`:                                    `select statement`,
	} {
		if got := strings.Join(impure(t, "x.go", "package x; "+text), ", "); got != want {
			t.Errorf("%s: found %q, want %q", text, got, want)
		}
	}
}

// impure returns what in a file waits, locks, reads a clock or reaches out. Of what it imports, only the
// house's own packages and those of Go are allowed, less those that do such things.
func impure(t *testing.T, name string, source any) (found []string) {
	file, err := parser.ParseFile(token.NewFileSet(), name, source, 0)
	if err != nil {
		t.Fatal(err)
	}
	clock := ""
	for _, spec := range file.Imports {
		path, _ := strconv.Unquote(spec.Path.Value)
		first, _, _ := strings.Cut(path, "/")
		switch {
		case path == "time":
			clock = "time"
			if spec.Name != nil {
				clock = spec.Name.Name
			}
		case path == "net/url":
		case strings.Contains(first, "."), path == "crypto/rand", path == "math/rand", path == "math/rand/v2",
			slices.Contains([]string{"context", "database", "io", "log", "net", "os", "plugin", "runtime", "sync", "syscall", "unsafe"}, first):
			found = append(found, path)
		}
	}
	reads := []string{"Now", "Since", "Until", "Sleep", "After", "AfterFunc", "Tick", "NewTimer", "NewTicker"}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.GoStmt:
			found = append(found, "go statement")
		case *ast.SelectStmt:
			found = append(found, "select statement")
		case *ast.ChanType:
			found = append(found, "channel")
		case *ast.SelectorExpr:
			if x, ok := n.X.(*ast.Ident); ok && x.Name == clock && slices.Contains(reads, n.Sel.Name) {
				found = append(found, fmt.Sprintf("%s.%s", x.Name, n.Sel.Name))
			}
		}
		return true
	})
	return found
}

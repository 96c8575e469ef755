package checks_test

import (
	"flag"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

var rewrite = flag.Bool("rewrite", false, "write testdata/booklet.txt anew")

var (
	aSentence = regexp.MustCompile(`[A-Za-z’%][a-z’,…:]* [A-Za-z%“"]`)
	tags      = regexp.MustCompile(`(?s)<style.*?</style>|<head>.*?</head>|<[^>]*>|\{\{[^}]*\}\}`)
	spaces    = regexp.MustCompile(`[ \t]*\n\s*`)
)

// TestBooklet: all that a person may read, in the order of the house, reads as a booklet. A changed sentence
// is read there as a diff, against WORDS: go test ./checks -run Booklet -rewrite.
func TestBooklet(t *testing.T) {
	var b strings.Builder
	for _, room := range []string{"checks", "app", "tray"} {
		err := filepath.WalkDir(filepath.Join("..", room), func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() && d.Name() == "testdata" {
				return fs.SkipDir
			}
			var said []string
			switch {
			case strings.HasSuffix(path, "_test.go") || strings.Contains(path, "test/"):
			case strings.HasSuffix(path, ".go"):
				said, err = sentences(path)
			case strings.HasSuffix(path, ".html"):
				said, err = paragraphs(path)
			}
			if len(said) > 0 {
				b.WriteString("\n" + filepath.ToSlash(strings.TrimPrefix(path, "../")) + "\n  " + strings.Join(said, "\n  ") + "\n")
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	const file = "testdata/booklet.txt"
	if *rewrite {
		if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil || b.String() != string(want) {
		t.Errorf("the sentences are others than those in %s (%v): rewrite it with -rewrite, and read the diff aloud", file, err)
	}
}

// sentences returns the strings of a Go file that read as text, and those that its flags are described by.
func sentences(path string) (said []string, err error) {
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
	if err != nil {
		return nil, err
	}
	add := func(s string) {
		if aSentence.MatchString(s) && !strings.ContainsAny(s, "<{") {
			said = append(said, spaces.ReplaceAllString(strings.TrimSpace(s), "\n    "))
		}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Field:
			if n.Tag != nil {
				tag, _ := strconv.Unquote(n.Tag.Value)
				add(reflect.StructTag(tag).Get("description"))
				return false
			}
		case *ast.BinaryExpr: // a long one over several lines
			if s, ok := joined(n); ok {
				add(s)
				return false
			}
		case *ast.BasicLit:
			if s, ok := joined(n); ok {
				add(s)
			}
		}
		return true
	})
	return said, nil
}

// joined returns the constant string that an expression is.
func joined(e ast.Expr) (string, bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		s, err := strconv.Unquote(e.Value)
		return s, e.Kind == token.STRING && err == nil
	case *ast.BinaryExpr:
		left, ok1 := joined(e.X)
		right, ok2 := joined(e.Y)
		return left + right, e.Op == token.ADD && ok1 && ok2
	}
	return "", false
}

// paragraphs returns the text of a page.
func paragraphs(path string) (said []string, err error) {
	text, err := os.ReadFile(path)
	for line := range strings.Lines(tags.ReplaceAllString(string(text), "")) {
		if line = strings.TrimSpace(line); aSentence.MatchString(line) {
			said = append(said, line)
		}
	}
	return said, err
}

package config

import (
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// A Problem is one thing that is wrong in a file of settings.
type Problem struct {
	File    string // its path
	Line    int    // counted from 1; 0: the file as a whole
	Column  int    // in bytes, counted from 1
	Message string // "[clock] tolerance: expected …, got …"
}

// Error says where and what, on one line: `config.toml:12: [clock] tolerance: expected …`.
func (p Problem) Error() string {
	if p.Line == 0 {
		return fmt.Sprintf("%s: %s", filepath.Base(p.File), p.Message)
	}
	return fmt.Sprintf("%s:%d: %s", filepath.Base(p.File), p.Line, p.Message)
}

// expected is the form that every complaint about a value has.
func expected(what string, v any) error {
	return fmt.Errorf("expected %s, got %s", what, show(v))
}

// show tells of a value as the person wrote it, short and on one line.
func show(v any) string {
	switch v := v.(type) {
	case string:
		const most = 60
		if r := []rune(v); len(r) > most {
			v = string(r[:most]) + "…"
		}
		return strconv.Quote(v)
	case int64, float64, bool:
		return fmt.Sprint(v)
	case []any:
		return "a list"
	case map[string]any:
		return "a table"
	case time.Time:
		return "a date"
	default: // the three kinds of local dates and times
		return "a date or time"
	}
}

// unknown says that there is no setting of that name, and which one may have been meant.
func unknown(key string, known []string) error {
	if key == "client_secret" {
		return fmt.Errorf("Fermata needs no client secret; remove this line")
	}
	best, distance := "", max(2, len(key)/3)+1
	for _, k := range known {
		if d := editDistance(strings.ToLower(key), k); d < distance {
			best, distance = k, d
		}
	}
	if best != "" {
		return fmt.Errorf("unknown setting; did you mean %q?", best)
	}
	return fmt.Errorf("unknown setting; expected one of %s", strings.Join(known, ", "))
}

// editDistance counts the letters to insert, remove or replace to make b out of a (Levenshtein).
// Beyond 64 letters it stops looking and says 64: no setting has such a name.
func editDistance(a, b string) int {
	if len(a) > 64 || len(b) > 64 {
		return 64
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			replace := diagonal
			if a[i] != b[j] {
				replace++
			}
			diagonal = row[j+1]
			row[j+1] = min(replace, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}

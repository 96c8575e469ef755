package notify

import (
	"testing"
)

// A notice is shown once an episode, anew when it gets worse, and again in the next episode.
func TestLedger(t *testing.T) {
	notice := func(level int, body string) []Notice {
		return []Notice{{Key: "k", Title: "title", Body: body, Level: level, Buttons: []Button{{"b", "B"}}}}
	}
	const keep, over = false, true
	type step struct {
		what string
		want []Notice
		show bool // the notice is due after this set
		then bool // and then a person deals with it
	}
	for name, steps := range map[string][]step{
		"unchanged":      {{"first", notice(1, "a"), true, keep}, {"same", notice(1, "a"), false, keep}},
		"changed":        {{"first", notice(1, "a"), true, keep}, {"other body", notice(1, "b"), true, keep}},
		"milder":         {{"first", notice(2, "a"), true, keep}, {"milder", notice(1, "a"), true, keep}},
		"over, changed":  {{"first", notice(2, "a"), true, over}, {"other body", notice(2, "b"), false, keep}},
		"over, worse":    {{"first", notice(2, "a"), true, over}, {"worse", notice(3, "a"), true, keep}, {"changed", notice(3, "b"), true, keep}},
		"over, up again": {{"first", notice(2, "a"), true, over}, {"milder", notice(1, "a"), false, keep}, {"as before", notice(2, "a"), false, keep}},
		"new episode":    {{"first", notice(2, "a"), true, over}, {"gone", nil, false, keep}, {"back", notice(2, "a"), true, keep}},
		"same key twice": {{"two", append(notice(1, "a"), notice(1, "b")...), true, keep}, {"first counts", notice(1, "a"), false, keep}},
		"unsafe text":    {{"first", notice(1, "a\u202eb"), true, keep}, {"same as shown", notice(1, "ab"), false, keep}},
	} {
		t.Run(name, func(t *testing.T) {
			var l ledger
			for _, s := range steps {
				l.set(s.want)
				for l.gone("") != nil {
				}
				n, ok := l.due()
				if ok != s.show {
					t.Fatalf("%s: due: %v, want %v", s.what, ok, s.show)
				}
				if ok {
					l.handed(n).over = s.then
				}
				if n, ok := l.due(); ok {
					t.Fatalf("%s: due again: %+v", s.what, n)
				}
			}
		})
	}
}

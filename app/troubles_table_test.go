package app

import (
	"cmp"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"fermata/app/core"
	"fermata/app/view"
	"fermata/checks"
	"fermata/checks/standin"
)

const tableFile = "testdata/troubles-table.md"

// TestTroublesTable writes a row for each trouble of the demo: what a person sees of it, and how soon. The
// session ends an hour after its beginning, so what has raised no notification two hours later raises none.
func TestTroublesTable(t *testing.T) {
	table := strings.Builder{}
	table.WriteString("| trouble | in the menu | first fix | page | exit code | seconds until the menu | notification | its first button | seconds until then |\n" +
		"| --- | --- | --- | --- | --- | --- | --- | --- | --- |\n")
	for _, tr := range standin.Troubles() {
		inBubble(t, func(b *bench) { fmt.Fprintf(&table, "| %s |\n", strings.Join(row(b, tr.Name), " | ")) })
	}
	if f := flag.Lookup("rewrite"); f.Value.String() == "true" {
		if err := os.WriteFile(tableFile, []byte(table.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(tableFile)
	if err != nil || string(want) != table.String() {
		t.Errorf("%s has others (%v): rewrite it with -rewrite, and read the diff as a person would:\n%s", tableFile, err, table.String())
	}
}

// row causes a trouble and tells what a person sees.
func row(b *bench, trouble string) []string {
	b.app.send(core.Watching{More: 1}) // the page is open
	usual, begun := b.view(), time.Now()
	seen := len(b.views())
	b.do(core.ID("demo", trouble))
	time.Sleep(10 * time.Second)
	v := b.view()
	s, err := b.app.Await(b.t.Context(), func(Snapshot) bool { return true })
	if err != nil {
		b.t.Fatal(err)
	}
	fix := "–"
	if causes := s.Details.Causes; len(causes) > 0 && len(causes[0].Fixes) > 0 {
		fix = causes[0].Fixes[0].Label
		if why := causes[0].Fixes[0].NoHelp; why != "" {
			fix = "– (" + why + ")"
		}
	}
	code := map[checks.Level]string{checks.OK: "0", checks.Unknown: "3", checks.Warning: "1", checks.Critical: "1"}[v.Status.Level] // as command.verdict has it
	cells := []string{trouble, cmp.Or(strings.Join(news(v, usual), "<br>"), "–"), fix, s.Details.Sentence, code, "–", "–", "–", "–"}
	time.Sleep(2 * time.Hour)
	for i, v := range b.views()[seen:] {
		after := fmt.Sprintf("%.0f", b.when[seen+i].Sub(begun).Seconds())
		if cells[5] == "–" && len(news(v, usual)) > 0 {
			if cells[5] = after; b.when[seen+i].Sub(begun) > time.Minute { // whose moment jitter moves
				cells[5] = "at the next renewal"
			}
		}
		if cells[6] == "–" && len(v.Notices) > 0 {
			n := v.Notices[0]
			cells[6], cells[8] = strings.TrimPrefix(n.Title, "DEMO: "), after
			if len(n.Buttons) > 0 {
				cells[7] = n.Buttons[0].Label
			}
		}
	}
	for i, c := range cells {
		cells[i] = withoutTimes(c)
	}
	return cells
}

// news are the lines that tell of trouble: those that were not there before, but for later ends of a session.
func news(v, before view.View) []string {
	return slices.DeleteFunc(slices.Clone(v.Status.Lines), func(l string) bool {
		return slices.ContainsFunc(before.Status.Lines, func(o string) bool { return withoutTimes(o) == withoutTimes(l) })
	})
}

// TestFailedRenewal: within a second after a renewal has failed, the session's line says so, and why.
func TestFailedRenewal(t *testing.T) {
	for trouble, why := range map[string]string{
		"no-network": "no connection since", "spotify-down": "errors from Spotify since", "portal": "login page of the network since",
		"proxy": "blocked by a proxy since", "intercepted": "connection intercepted since", "certificate": "no valid certificate since",
	} {
		inBubble(t, func(b *bench) {
			b.do(core.ID("demo", trouble))
			if err := b.soon(b.begin(b.t.Context(), "spotify/refresh")); err == nil {
				t.Errorf("%s: a renewal has worked", trouble)
			}
			time.Sleep(time.Second)
			if lines := b.view().Status.Lines; !slices.ContainsFunc(lines, func(l string) bool {
				return withoutTimes(l) == "Session until hh:mm · can’t renew: "+why+" hh:mm"
			}) {
				t.Errorf("%s: the menu says %q", trouble, lines)
			}
		})
	}
}

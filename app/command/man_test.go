package command

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/jessevdk/go-flags"
)

// TestManPage holds the manual to the commands and flags that there are: it names each, and no other.
func TestManPage(t *testing.T) {
	data, err := os.ReadFile("../../assets/fermata.1.scd")
	if err != nil {
		t.Fatal(err)
	}
	page := sections(string(data), "# ")
	command := newLine(&invocation{}, false).parser.Command
	global := regexp.MustCompile(`(?m)^(?:\*-h\*, )?\*--([a-z-]+)\*`)
	compare(t, "fermata", found(global, page["OPTIONS"]), append(flagsOf(command), "help"))

	entries := map[string]string{} // the paragraph of each command, the one that begins with its name
	for _, p := range strings.Split(page["COMMANDS"], "\n\n") {
		if name, _, ok := strings.Cut(strings.TrimPrefix(p, "*"), "*"); ok {
			entries[name] = p
		}
	}
	for _, c := range command.Commands() {
		if c.Hidden {
			continue
		}
		p, ok := entries[c.Name]
		if !ok {
			t.Errorf("fermata.1.scd does not name the command %q", c.Name)
		}
		first, _, _ := strings.Cut(p, "\n")
		compare(t, c.Name, found(regexp.MustCompile(`\[\*--([a-z-]+)\*`), first), flagsOf(c))
		delete(entries, c.Name)
	}
	for name := range entries {
		t.Errorf("fermata.1.scd names the command %q, and there is none", name)
	}
}

// sections returns the text below each heading.
func sections(text, heading string) map[string]string {
	all := map[string]string{}
	for _, s := range strings.Split("\n"+text, "\n"+heading)[1:] {
		name, body, _ := strings.Cut(s, "\n")
		all[name] = strings.TrimSpace(body)
	}
	return all
}

func found(pattern *regexp.Regexp, text string) (names []string) {
	for _, m := range pattern.FindAllStringSubmatch(text, -1) {
		names = append(names, m[1])
	}
	return names
}

func flagsOf(c *flags.Command) (names []string) {
	for _, g := range append(c.Groups(), c.Group) {
		for _, o := range g.Options() {
			if !o.Hidden {
				names = append(names, o.LongName)
			}
		}
	}
	return names
}

func compare(t *testing.T, command string, got, want []string) {
	t.Helper()
	slices.Sort(got)
	slices.Sort(want)
	if want = slices.Compact(want); !slices.Equal(got, want) {
		t.Errorf("fermata.1.scd has of %s the flags %q; there are %q", command, got, want)
	}
}

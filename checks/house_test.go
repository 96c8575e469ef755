package checks

import (
	"os/exec"
	"strings"
	"testing"
)

// TestImportsRunOneWay holds the house in order: checks ← app ← tray ← main; assets and tray/notify are
// leaves, checks/sessionbus is one for all.
func TestImportsRunOneWay(t *testing.T) {
	out, err := exec.Command("go", "list", "-f", "{{.ImportPath}} {{join .Imports \" \"}}", "fermata/...").Output()
	if err != nil {
		t.Fatal(err)
	}
	// What may be imported from where; the longest prefix counts.
	allowed := map[string][]string{
		"fermata":              {"fermata/app", "fermata/tray"},
		"fermata/checks":       {"fermata/checks"},
		"fermata/app":          {"fermata/app", "fermata/checks", "fermata/assets", "fermata/tray/notify"},
		"fermata/tray":         {"fermata/app", "fermata/assets", "fermata/tray", "fermata/checks/sessionbus"},
		"fermata/tray/notify":  {"fermata/tray/notify/internal", "fermata/checks/sessionbus"},
		"fermata/tray/desktop": {"fermata/tray/desktop"},
		"fermata/assets":       {"fermata/assets"},
	}
	rooms := func(path string) (room string) {
		for prefix := range allowed {
			if (path == prefix || strings.HasPrefix(path, prefix+"/")) && len(prefix) > len(room) {
				room = prefix
			}
		}
		return room
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
			ok := false
			for _, prefix := range allowed[rooms(from)] {
				ok = ok || to == prefix || strings.HasPrefix(to, prefix+"/")
			}
			if !ok {
				t.Errorf("%s must not import %s", from, to)
			}
		}
	}
}

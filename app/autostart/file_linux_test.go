package autostart

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestSet(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("XDG_CONFIG_HOME", dir)
	if On() {
		t.Fatal("it is on before anybody asked for it")
	}
	for range 2 {
		if err := Set(true); err != nil || !On() {
			t.Fatalf("switched on: %v, on: %v", err, On())
		}
	}
	entry, err := os.ReadFile(filepath.Join(dir, "autostart", "fermata.desktop"))
	if err != nil {
		t.Fatal(err)
	}
	program, _ := os.Executable()
	if !strings.Contains(string(entry), "\nExec=\""+program+"\"\n") {
		t.Errorf("the entry does not start %s:\n%s", program, entry)
	}
	for range 2 {
		if err := Set(false); err != nil || On() {
			t.Fatalf("switched off: %v, on: %v", err, On())
		}
	}
}

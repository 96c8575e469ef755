package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"fermata/assets"

	"github.com/pelletier/go-toml/v2"
)

// TestAbout builds the program and asks it for its version: it is that of FyneApp.toml, as the ID is.
func TestAbout(t *testing.T) {
	data, err := os.ReadFile("FyneApp.toml")
	if err != nil {
		t.Fatal(err)
	}
	var app struct{ Details struct{ ID, Version string } }
	if err := toml.Unmarshal(data, &app); err != nil || app.Details.ID != assets.ID {
		t.Errorf("the ID is %q in assets, %q in FyneApp.toml (%v)", assets.ID, app.Details.ID, err)
	}
	program := filepath.Join(t.TempDir(), "fermata.exe")
	if out, err := exec.Command("go", "build", "-o", program, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	got, err := exec.Command(program, "--version").Output()
	if err != nil || !strings.HasPrefix(string(got), "fermata "+app.Details.Version+" (") {
		t.Errorf("--version: %v, %q, want %s", err, got, app.Details.Version)
	}
}

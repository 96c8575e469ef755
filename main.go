// Fermata keeps a person's Spotify session alive and, when it breaks anyway, says why and mends it in
// one click.
package main

import (
	_ "embed"
	"os"

	"fermata/app/command"
	"fermata/tray"

	"github.com/pelletier/go-toml/v2"
)

// about is what packages are made from too: the version stands nowhere else.
//
//go:embed FyneApp.toml
var about []byte

func main() {
	command.Version = version()
	os.Exit(command.Main(os.Args[1:], os.Stdout, os.Stderr, tray.Run))
}

func version() string {
	var app struct{ Details struct{ Version string } }
	if err := toml.Unmarshal(about, &app); err != nil {
		panic(err) // it is embedded
	}
	return app.Details.Version
}

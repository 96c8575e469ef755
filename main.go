// Fermata keeps a person's Spotify session alive and, when it breaks anyway, says why and mends it in
// one click.
package main

import (
	"os"

	"fermata/app/command"
	"fermata/tray"
)

func main() {
	os.Exit(command.Main(os.Args[1:], os.Stdout, os.Stderr, tray.Run))
}

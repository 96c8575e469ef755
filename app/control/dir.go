package control

import (
	"fmt"
	"os"
)

// Dir returns the folder for the lock and the socket of the program called name ("fermata", or
// "fermata-demo" for the demo, which runs beside it). It is made if there is none, and it belongs to
// the user alone.
//
// On Unix it stands under $XDG_RUNTIME_DIR, or where that variable would point to had the program
// been started from the desktop, and otherwise in the folder for temporary files with the user's
// number in its name. On Windows it stands under %LocalAppData%.
func Dir(name string) (string, error) {
	path, err := location(name)
	if err != nil {
		return "", fmt.Errorf("finding the folder for the control socket: %w", err)
	}
	if err := os.MkdirAll(path, 0o700); err != nil {
		return "", fmt.Errorf("making the folder for the control socket: %w", err)
	}
	if err := checkOwn(path); err != nil {
		return "", fmt.Errorf("the folder for the control socket cannot be trusted: %w", err)
	}
	return path, nil
}

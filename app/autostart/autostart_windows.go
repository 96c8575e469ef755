package autostart

import (
	"errors"

	"golang.org/x/sys/windows/registry"
)

// run is where Windows looks for what to start at a person's login.
const run = `Software\Microsoft\Windows\CurrentVersion\Run`

func enabled() bool {
	key, err := registry.OpenKey(registry.CURRENT_USER, run, registry.QUERY_VALUE)
	if err != nil {
		return false
	}
	defer key.Close()
	_, _, err = key.GetStringValue("Fermata")
	return err == nil
}

func set(program string, on bool) error {
	key, _, err := registry.CreateKey(registry.CURRENT_USER, run, registry.SET_VALUE)
	if err != nil {
		return err
	}
	defer key.Close()
	if on {
		return key.SetStringValue("Fermata", `"`+program+`"`)
	}
	if err := key.DeleteValue("Fermata"); !errors.Is(err, registry.ErrNotExist) {
		return err
	}
	return nil
}

package notify

import (
	"fmt"
	"os"
	"path/filepath"

	"fermata/assets"

	"golang.org/x/sys/windows/registry"
)

const classes = `Software\Classes\`

// register makes Windows know the program by name, and its scheme, for this user alone. It is written
// anew in each run, since the program may have moved.
func register() error {
	path, err := os.Executable()
	if err != nil {
		return err
	}
	app := map[string]string{"DisplayName": program}
	if icon := iconFile(); icon != "" {
		app["IconUri"] = icon
	}
	// What follows "--" is one argument or a mistake, never an option: anybody may open an address.
	command := fmt.Sprintf(`"%s" handle -- "%%1"`, path)
	for key, values := range map[string]map[string]string{
		`AppUserModelId\` + appID:      app,
		Scheme:                         {"": "URL:" + program, "URL Protocol": ""},
		Scheme + `\shell\open\command`: {"": command},
	} {
		if err := writeKey(classes+key, values); err != nil {
			return fmt.Errorf(`registry key HKCU\%s%s: %w`, classes, key, err)
		}
	}
	return nil
}

func writeKey(path string, values map[string]string) error {
	key, _, err := registry.CreateKey(registry.CURRENT_USER, path, registry.SET_VALUE)
	if err != nil {
		return err
	}
	defer key.Close()
	for name, value := range values {
		if err := key.SetStringValue(name, value); err != nil {
			return err
		}
	}
	return nil
}

// iconFile writes the icon to where Windows can read it and returns the file's name, "" if that cannot
// be done: toasts then have the usual icon.
func iconFile() string {
	cache, err := os.UserCacheDir()
	if err != nil {
		return ""
	}
	name := filepath.Join(cache, program, "icon.png")
	if os.MkdirAll(filepath.Dir(name), 0o700) != nil || os.WriteFile(name, assets.AppIcon, 0o600) != nil {
		return ""
	}
	return name
}

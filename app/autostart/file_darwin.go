package autostart

import (
	"bytes"
	"encoding/xml"
	"os"
	"path/filepath"
)

// file is the agent's property list, see launchd.plist(5).
func file() (string, error) {
	home, err := os.UserHomeDir()
	return filepath.Join(home, "Library", "LaunchAgents", "fermata.plist"), err
}

func entry(program string) []byte {
	var path bytes.Buffer
	xml.EscapeText(&path, []byte(program)) // a bytes.Buffer never fails
	return []byte(`<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0"><dict>
<key>Label</key><string>fermata</string>
<key>ProgramArguments</key><array><string>` + path.String() + `</string></array>
<key>RunAtLoad</key><true/>
</dict></plist>
`)
}

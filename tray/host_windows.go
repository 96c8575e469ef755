package tray

import (
	"context"
	"strings"
)

func host(context.Context) (shows bool, err error) { return true, nil }

// escape keeps the system from taking an ampersand for a mnemonic.
func escape(label string) string { return strings.ReplaceAll(label, "&", "&&") }

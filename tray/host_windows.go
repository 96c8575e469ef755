package tray

import (
	"context"
	"strings"
)

func available() error { return nil }

func hosted(context.Context) bool { return true }

// escape keeps the system from taking an ampersand for a mnemonic.
func escape(label string) string { return strings.ReplaceAll(label, "&", "&&") }

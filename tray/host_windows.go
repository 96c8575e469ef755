package tray

import (
	"context"
	"strings"
)

func host(ctx context.Context) (bus context.Context, shows bool, err error) { return ctx, true, nil }

// escape keeps the system from taking an ampersand for a mnemonic.
func escape(label string) string { return strings.ReplaceAll(label, "&", "&&") }

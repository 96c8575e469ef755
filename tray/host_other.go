//go:build !linux

package tray

import (
	"context"
	"runtime"
	"strings"
)

func host(ctx context.Context) (bus context.Context, shows bool, err error) { return ctx, true, nil }

// escape keeps Windows from taking an ampersand for a mnemonic.
func escape(label string) string {
	if runtime.GOOS == "windows" {
		return strings.ReplaceAll(label, "&", "&&")
	}
	return label
}

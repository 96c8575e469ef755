//go:build !linux

package tray

import (
	"context"
	"runtime"
	"strings"

	"fermata/app/view"
)

func host(ctx context.Context) (bus context.Context, shows bool, err error) { return ctx, true, nil }

// dressEarly does nothing: systray takes an icon once it runs, and a title would stand beside it on macOS.
func (p *panel) dressEarly(view.View) {}

// escape keeps Windows from taking an ampersand for a mnemonic.
func escape(label string) string {
	if runtime.GOOS == "windows" {
		return strings.ReplaceAll(label, "&", "&&")
	}
	return label
}

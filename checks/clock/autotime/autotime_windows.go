package autotime

import (
	"context"
	"errors"

	"golang.org/x/sys/windows"
)

// Command sets the clock by the time service, typed into a terminal of an administrator.
const Command = "w32tm /resync /force"

// TurnOn has the Windows Time service start with the computer and set the clock now. Windows asks
// for leave to do so; a refusal is ErrRefused. The service works on after TurnOn returns.
func TurnOn(context.Context) error {
	err := execute("runas", "cmd.exe", "/c sc config w32time start= auto & net start w32time & "+Command, windows.SW_HIDE)
	if errors.Is(err, windows.ERROR_CANCELLED) || errors.Is(err, windows.ERROR_ACCESS_DENIED) {
		return ErrRefused
	}
	return err
}

// OpenSettings opens the page "Date & time" of the Windows settings.
func OpenSettings(context.Context) error {
	return execute("open", "ms-settings:dateandtime", "", windows.SW_SHOWNORMAL)
}

// Says returns nothing here.
func Says(context.Context) []string { return nil }

func execute(verb, file, args string, show int32) error {
	return windows.ShellExecute(0, utf16(verb), utf16(file), utf16(args), nil, show)
}

// utf16 is for constants of this file, which hold no NUL.
func utf16(s string) *uint16 {
	p, _ := windows.UTF16PtrFromString(s)
	return p
}

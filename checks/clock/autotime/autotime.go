// Package autotime has the system set its clock by itself, opens the place where a person sets it,
// and asks what the system thinks of its own clock.
package autotime

import "errors"

// Why automatic time could not be turned on. Each is a person's sentence.
var (
	ErrAbsent  = errors.New("this system has no time service to turn on")
	ErrAlready = errors.New("automatic time is on, but the clock is still wrong")
	ErrRefused = errors.New("turning automatic time on was not allowed")
	ErrByHand  = errors.New("this system turns automatic time on in its settings only")
	// ErrNoSettings means that no date settings were found to open.
	ErrNoSettings = errors.New("this desktop has no date settings to open")
)

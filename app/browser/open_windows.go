package browser

import (
	"context"

	"golang.org/x/sys/windows"
)

func start(_ context.Context, address string) error {
	target, err := windows.UTF16PtrFromString(address)
	if err != nil {
		return err
	}
	return windows.ShellExecute(0, nil, target, nil, nil, windows.SW_SHOWNORMAL) // nil: as a double click opens it
}

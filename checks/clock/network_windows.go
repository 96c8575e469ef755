package clock

import (
	"context"
	"fmt"

	"golang.org/x/sys/windows"
)

// watchNetwork sends a value, or leaves one waiting, at each change of this computer's addresses
// (NotifyUnicastIpAddressChange), until ctx ends; then it closes the channel.
func watchNetwork(ctx context.Context) (<-chan struct{}, error) {
	changes := make(chan struct{}, 1)
	// Called on a thread of the system's pool.
	callback := windows.NewCallback(func(_, _, _ uintptr) uintptr {
		notify(changes)
		return 0
	})
	var handle windows.Handle
	if err := windows.NotifyUnicastIpAddressChange(windows.AF_UNSPEC, callback, nil, false, &handle); err != nil {
		return nil, fmt.Errorf("NotifyUnicastIpAddressChange: %w", err)
	}
	context.AfterFunc(ctx, func() {
		_ = windows.CancelMibChangeNotify2(handle) // waits for a callback that runs
		close(changes)
	})
	return changes, nil
}

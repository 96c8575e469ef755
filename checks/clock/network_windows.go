package clock

import (
	"context"
	"fmt"

	"golang.org/x/sys/windows"
)

// WatchNetwork sends a value 1.5 s after the last of one or more changes of this computer's addresses
// (NotifyUnicastIpAddressChange), until ctx ends; then it closes the channel. It is a reason to look
// again, not a promise of a connection. Changes that happen while nobody receives are sent once.
func WatchNetwork(ctx context.Context) (<-chan struct{}, error) {
	changes := make(chan struct{}, 1)
	// Called on a thread of the system's pool.
	callback := windows.NewCallback(func(_, _, _ uintptr) uintptr {
		notify(changes)
		return 0
	})
	var handle windows.Handle
	if err := windows.NotifyUnicastIpAddressChange(windows.AF_UNSPEC, callback, nil, false, &handle); err != nil {
		return nil, fmt.Errorf("watch the network: NotifyUnicastIpAddressChange: %w", err)
	}
	context.AfterFunc(ctx, func() {
		_ = windows.CancelMibChangeNotify2(handle) // waits for a callback that runs
		close(changes)
	})
	return debounce(changes), nil
}

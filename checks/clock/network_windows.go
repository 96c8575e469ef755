package clock

import (
	"context"
	"fmt"

	"golang.org/x/sys/windows"
)

// WatchNetwork tells when the network has changed and has come to rest, until ctx ends and it closes
// the channel: an address came, went or moved. It is a reason to look again, not a promise of a
// connection. It sleeps in between (NotifyUnicastIpAddressChange). Changes that nobody receives are
// told once.
func WatchNetwork(ctx context.Context) (<-chan struct{}, error) {
	network := newLull()
	// Called on a thread of the system's pool.
	changed := windows.NewCallback(func(_, _, _ uintptr) uintptr {
		network.changed()
		return 0
	})
	var handle windows.Handle
	if err := windows.NotifyUnicastIpAddressChange(windows.AF_UNSPEC, changed, nil, false, &handle); err != nil {
		return nil, fmt.Errorf("watch the network: NotifyUnicastIpAddressChange: %w", err)
	}
	context.AfterFunc(ctx, func() {
		_ = windows.CancelMibChangeNotify2(handle) // waits for a callback that runs
		network.close()
	})
	return network.told, nil
}

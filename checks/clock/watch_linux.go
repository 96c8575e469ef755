package clock

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"

	"golang.org/x/sys/unix"
)

// Watch sends each clock step and each resume from suspend, as Reading.Since measures them, until ctx
// ends; then it closes the channel. Changes that happen while nobody receives are added up. Only the
// kernel wakes it.
//
// A timer on CLOCK_REALTIME that is cancelled when that clock is set (timerfd_create(2),
// TFD_TIMER_CANCEL_ON_SET) reports both, since the kernel treats a resume as a set. logind's
// PrepareForSleep would add only a connection to the system bus.
func Watch(ctx context.Context) (<-chan Change, error) {
	timer, err := cancelledOnSet()
	if err != nil {
		return nil, err
	}
	changes := make(chan Change)
	stop := context.AfterFunc(ctx, func() { timer.Close() })
	last := Read()
	go func() {
		defer close(changes)
		defer timer.Close()
		defer stop()
		for {
			// The timer itself expires in 2038 and never again: a read ends with an error, or then.
			_, err := timer.Read(make([]byte, 8))
			if err != nil && !errors.Is(err, unix.ECANCELED) {
				return
			}
			now := Read()
			if c := now.Since(last); c != (Change{}) {
				select {
				case changes <- c:
				case <-ctx.Done():
					return
				}
			}
			last = now
		}
	}()
	return changes, nil
}

// cancelledOnSet returns a timer whose Read fails with ECANCELED once the clock was set. It waits in
// the runtime's poller and holds no thread.
func cancelledOnSet() (*os.File, error) {
	fd, err := unix.TimerfdCreate(unix.CLOCK_REALTIME, unix.TFD_NONBLOCK|unix.TFD_CLOEXEC)
	if err != nil {
		return nil, fmt.Errorf("watch the clock: timerfd_create: %w", err)
	}
	never := unix.ItimerSpec{Value: unix.Timespec{Sec: math.MaxInt32}}
	if err := unix.TimerfdSettime(fd, unix.TFD_TIMER_ABSTIME|unix.TFD_TIMER_CANCEL_ON_SET, &never, nil); err != nil {
		unix.Close(fd)
		return nil, fmt.Errorf("watch the clock: timerfd_settime: %w", err)
	}
	return os.NewFile(uintptr(fd), "timerfd"), nil
}

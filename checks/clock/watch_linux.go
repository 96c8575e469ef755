package clock

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"

	"golang.org/x/sys/unix"
)

// Watch tells of each clock step and each resume from suspend, until ctx ends and it closes the
// channel. It sleeps in between: nothing wakes it but the kernel. What happens while nobody
// receives is added up.
//
// A timer on CLOCK_REALTIME that is cancelled when that clock is set (timerfd_create(2),
// TFD_TIMER_CANCEL_ON_SET) tells of both, since the kernel treats a resume as a set. So logind's
// PrepareForSleep would add nothing but a connection to the system bus: a suspend that the clocks do
// not show took no time from anybody.
func Watch(ctx context.Context) (<-chan Jolt, error) {
	timer, err := cancelledOnSet()
	if err != nil {
		return nil, err
	}
	jolts := make(chan Jolt)
	stop := context.AfterFunc(ctx, func() { timer.Close() })
	last := Read()
	go func() {
		defer close(jolts)
		defer timer.Close()
		defer stop()
		for {
			// The timer itself expires in 2038 and never again: a read ends with an error, or then.
			_, err := timer.Read(make([]byte, 8))
			if err != nil && !errors.Is(err, unix.ECANCELED) {
				return
			}
			now := Read()
			if j := now.Since(last); j.notable() {
				select {
				case jolts <- j:
				case <-ctx.Done():
					return
				}
			}
			last = now
		}
	}()
	return jolts, nil
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

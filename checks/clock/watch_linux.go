package clock

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"

	"golang.org/x/sys/unix"
)

// watch returns what waits until the clock was set or the computer resumed; it reports false once ctx has
// ended. A timer on CLOCK_REALTIME that is cancelled when that clock is set (timerfd_create(2),
// TFD_TIMER_CANCEL_ON_SET) reports both, since the kernel treats a resume as a set. logind's
// PrepareForSleep would add only a connection to the system bus.
func watch(ctx context.Context) (wait func() bool, err error) {
	fd, err := unix.TimerfdCreate(unix.CLOCK_REALTIME, unix.TFD_NONBLOCK|unix.TFD_CLOEXEC)
	if err != nil {
		return nil, fmt.Errorf("timerfd_create: %w", err)
	}
	never := unix.ItimerSpec{Value: unix.Timespec{Sec: math.MaxInt32}}
	if err := unix.TimerfdSettime(fd, unix.TFD_TIMER_ABSTIME|unix.TFD_TIMER_CANCEL_ON_SET, &never, nil); err != nil {
		unix.Close(fd)
		return nil, fmt.Errorf("timerfd_settime: %w", err)
	}
	timer := os.NewFile(uintptr(fd), "timerfd") // waits in the runtime's poller and holds no thread
	context.AfterFunc(ctx, func() { timer.Close() })
	return func() bool {
		// The timer itself expires in 2038 and never again: a read ends with an error, or then.
		_, err := timer.Read(make([]byte, 8))
		return err == nil || errors.Is(err, unix.ECANCELED)
	}, nil
}

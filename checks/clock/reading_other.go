//go:build !linux && !windows && !darwin

package clock

import "time"

var start = time.Now()

func wallTime() time.Time { return time.Now() }

func bootTime() time.Duration { return time.Since(start) }

func awakeTime() time.Duration { return time.Since(start) }

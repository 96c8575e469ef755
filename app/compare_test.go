package app

import (
	"testing"
	"time"

	"fermata/checks/clock"
)

// Where nobody tells of clock steps, a wake finds them.
func TestCompare(t *testing.T) {
	for _, tt := range []struct {
		name    string
		ago     time.Duration // the last wake
		step    time.Duration
		changes chan clock.Change
		want    bool
	}{
		{"nothing happened", time.Minute, 0, nil, false},
		{"a step", time.Minute, 3 * time.Second, nil, true},
		{"a step back", time.Minute, -time.Hour, nil, true},
		{"somebody tells of steps", time.Minute, 3 * time.Second, make(chan clock.Change), false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := &watch{idle: true}
			l := &loop{app: New(Setup{Time: clock.NewTime(), ClockChanges: tt.changes}), watches: []*watch{w}}
			l.reading = clock.Read()
			l.reading.Wall = l.reading.Wall.Add(-tt.ago - tt.step)
			l.reading.Boot -= tt.ago
			l.reading.Awake -= tt.ago
			if l.compare(); w.idle == tt.want {
				t.Errorf("looks again: %v, want %v", !w.idle, tt.want)
			}
		})
	}
}

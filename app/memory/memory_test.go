package memory

import (
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"testing"
)

// given is how much the heap has given back, in bytes.
func given() uint64 {
	released := []metrics.Sample{{Name: "/memory/classes/heap/released:bytes"}}
	metrics.Read(released)
	return released[0].Value.Uint64()
}

func TestTrim(t *testing.T) {
	defer debug.SetMemoryLimit(debug.SetMemoryLimit(-1))
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	Begin()
	var before runtime.MemStats
	runtime.ReadMemStats(&before)
	for range 8 {
		garbage := make([]byte, 1<<20)
		runtime.KeepAlive(garbage)
	}
	var after runtime.MemStats
	if runtime.ReadMemStats(&after); after.NumGC != before.NumGC {
		t.Errorf("the runtime collected %d times by itself", after.NumGC-before.NumGC)
	}
	freed := given()
	Trim()
	if now := given(); now < freed+6<<20 {
		t.Errorf("%d bytes of 8 MB were given back", int64(now-freed))
	}
}

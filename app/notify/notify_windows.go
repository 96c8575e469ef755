package notify

import (
	"fmt"
	"hash/fnv"
	"runtime"
)

// group sets our toasts apart from others under the same AppUserModelID.
const group = "notices"

// work shows toasts. Their buttons open an address of our scheme, which starts this program anew with
// the address as its argument: see register.
func (c *Center) work() {
	runtime.LockOSThread() // COM is initialised for a thread
	defer runtime.UnlockOSThread()
	var l ledger
	var t *toasts
	for {
		select {
		case want := <-c.mail:
			l.set(want)
		case <-c.quit.Done():
			for key := range l.entries {
				t.remove(tag(key))
			}
			return
		}
		if t == nil && len(l.want) > 0 {
			var err error
			if t, err = openToasts(); err != nil {
				c.tell(err)
				continue
			}
		}
		for e := l.gone(""); e != nil; e = l.gone("") {
			t.remove(tag(e.shown.Key))
		}
		for n, ok := l.due(); ok; n, ok = l.due() {
			before := l.entries[n.Key]
			// A change that makes nothing worse is put into the notification centre without a sound: the
			// person may have dismissed the toast, which Windows keeps to itself.
			quiet := before != nil && n.Level <= before.shown.Level
			l.handed(n)
			err := t.show(toast(n), tag(n.Key), quiet)
			if err != nil {
				err = fmt.Errorf("show a toast: %w", err)
			}
			c.tell(err)
		}
	}
}

// tag returns what stands for key in Windows, which tells nothing of what became of a toast, and where a tag has at most 16 characters on older versions.
func tag(key string) string {
	h := fnv.New64a()
	h.Write([]byte(key))
	return fmt.Sprintf("%016x", h.Sum64())
}

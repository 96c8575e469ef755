package clock

import (
	"context"
	"fmt"
	"runtime"
	"unsafe"

	"golang.org/x/sys/windows"
)

// Of winuser.h.
const (
	wmDestroy        = 0x0002
	wmClose          = 0x0010
	wmTimeChange     = 0x001E
	wmPowerBroadcast = 0x0218

	pbtResumeAutomatic = 0x12 // sent at every resume, whatever woke the computer
)

var (
	user32               = windows.NewLazySystemDLL("user32.dll")
	procRegisterClass    = user32.NewProc("RegisterClassExW")
	procCreateWindow     = user32.NewProc("CreateWindowExW")
	procDefWindowProc    = user32.NewProc("DefWindowProcW")
	procDestroyWindow    = user32.NewProc("DestroyWindow")
	procGetMessage       = user32.NewProc("GetMessageW")
	procDispatchMessage  = user32.NewProc("DispatchMessageW")
	procPostMessage      = user32.NewProc("PostMessageW")
	procPostQuitMessage  = user32.NewProc("PostQuitMessage")
	procUnregisterClass  = user32.NewProc("UnregisterClassW")
	kernel32             = windows.NewLazySystemDLL("kernel32.dll")
	procGetModuleHandleW = kernel32.NewProc("GetModuleHandleW")
)

// wndClass is WNDCLASSEXW.
type wndClass struct {
	size                 uint32
	style                uint32
	proc                 uintptr
	classExtra, wndExtra int32
	instance             uintptr
	icon, cursor, brush  uintptr
	menuName, className  *uint16
	smallIcon            uintptr
}

// message is MSG.
type message struct {
	window         uintptr
	message        uint32
	wparam, lparam uintptr
	time           uint32
	x, y           int32
	private        uint32
}

// watch returns what waits until the clock was set or the computer resumed; it reports false once ctx has
// ended. A hidden window gets a message for both (WM_TIMECHANGE, WM_POWERBROADCAST); it is a top-level
// one, since message-only windows get no broadcasts.
//
// Change.Step then contains what the time service slewed the clock by since the message before, which is
// up to seconds a day: it is a reason to look, not a measurement.
func watch(ctx context.Context) (wait func() bool, err error) {
	changed := make(chan struct{}, 1)
	started := make(chan error)
	go window(ctx, changed, started)
	if err := <-started; err != nil {
		return nil, err
	}
	return func() bool {
		select {
		case <-changed:
			return true
		case <-ctx.Done():
			return false
		}
	}, nil
}

// window runs the hidden window until ctx ends. It reports on started once.
func window(ctx context.Context, changed chan<- struct{}, started chan<- error) {
	// A window belongs to the thread that made it, and only that thread gets its messages.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	proc := windows.NewCallback(func(window, msg, wparam, lparam uintptr) uintptr {
		switch {
		case msg == wmDestroy:
			procPostQuitMessage.Call(0)
			return 0
		case msg == wmTimeChange, msg == wmPowerBroadcast && wparam == pbtResumeAutomatic:
			notify(changed)
		}
		result, _, _ := procDefWindowProc.Call(window, msg, wparam, lparam)
		return result
	})
	instance, _, _ := procGetModuleHandleW.Call(0)
	// The name has a serial part, so that a second Watch in the process has a class of its own.
	name, err := windows.UTF16PtrFromString(fmt.Sprintf("FermataClock%x", proc))
	if err != nil {
		started <- err
		return
	}
	class := wndClass{proc: proc, instance: instance, className: name}
	class.size = uint32(unsafe.Sizeof(class))
	if atom, _, err := procRegisterClass.Call(uintptr(unsafe.Pointer(&class))); atom == 0 {
		started <- fmt.Errorf("RegisterClassEx: %w", err)
		return
	}
	defer procUnregisterClass.Call(uintptr(unsafe.Pointer(name)), instance)
	handle, _, err := procCreateWindow.Call(0, uintptr(unsafe.Pointer(name)), 0, 0, 0, 0, 0, 0, 0, 0, instance, 0)
	if handle == 0 {
		started <- fmt.Errorf("CreateWindowEx: %w", err)
		return
	}
	defer procDestroyWindow.Call(handle) // fails harmlessly where WM_CLOSE did it
	started <- nil
	defer context.AfterFunc(ctx, func() { procPostMessage.Call(handle, wmClose, 0, 0) })()
	var msg message
	for {
		// -1 is an error, 0 is WM_QUIT.
		if got, _, _ := procGetMessage.Call(uintptr(unsafe.Pointer(&msg)), 0, 0, 0); int32(got) <= 0 {
			return
		}
		procDispatchMessage.Call(uintptr(unsafe.Pointer(&msg)))
	}
}

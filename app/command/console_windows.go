package command

import (
	"os"

	"golang.org/x/sys/windows"
)

// attachConsole gives the commands the console that they were typed in. Windows starts a program that
// is linked for its graphical subsystem (-H=windowsgui, so that the tray has no console window) without
// one. What was redirected to a file or a pipe is left as it is. The shell does not wait for such a
// program: its prompt is back before the answer is, unless it is started with "start /wait" or piped.
func attachConsole(in *invocation) {
	if valid(in.out) && valid(in.err) {
		return
	}
	const parent = ^uintptr(0) // ATTACH_PARENT_PROCESS
	if ok, _, _ := windows.NewLazySystemDLL("kernel32.dll").NewProc("AttachConsole").Call(parent); ok == 0 {
		return // it was not started from a console
	}
	if out, err := os.OpenFile("CONOUT$", os.O_RDWR, 0); err == nil {
		if !valid(in.out) {
			in.out, os.Stdout = out, out
		}
		if !valid(in.err) {
			in.err, os.Stderr = out, out
		}
	}
	if !valid(in.in) {
		if keys, err := os.OpenFile("CONIN$", os.O_RDWR, 0); err == nil {
			in.in, os.Stdin = keys, keys
		}
	}
}

// valid reports whether a stream leads anywhere.
func valid(stream any) bool {
	f, ok := stream.(*os.File)
	if !ok {
		return stream != nil
	}
	kind, err := windows.GetFileType(windows.Handle(f.Fd()))
	return err == nil && kind != windows.FILE_TYPE_UNKNOWN
}

package spotify

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"unsafe"

	"golang.org/x/sys/windows"
)

const program = "Spotify.exe"

// winProcess is a process that runs. The zero value is none.
type winProcess struct {
	pid     uint32
	started windows.Filetime // tells a PID's second use from its first
	exe     string
}

// mainProcess returns the app's own process in this login session, not one of its helpers, which are
// the same program and its children; the zero value where it does not run.
func mainProcess() (winProcess, error) {
	parents, err := running()
	if err != nil {
		return winProcess{}, err
	}
	for pid, parent := range parents {
		if _, helper := parents[parent]; helper && parent != pid {
			continue
		}
		if p, err := open(pid); err == nil {
			return p, nil
		}
	}
	if len(parents) > 0 {
		return winProcess{}, errors.New("it is running, but the system tells nothing about it")
	}
	return winProcess{}, nil
}

// running returns the PIDs of the program in this login session, with those of their parents.
func running() (map[uint32]uint32, error) {
	var own uint32
	if err := windows.ProcessIdToSessionId(uint32(os.Getpid()), &own); err != nil {
		return nil, fmt.Errorf("ProcessIdToSessionId: %w", err)
	}
	snapshot, err := windows.CreateToolhelp32Snapshot(windows.TH32CS_SNAPPROCESS, 0)
	if err != nil {
		return nil, fmt.Errorf("CreateToolhelp32Snapshot: %w", err)
	}
	defer windows.CloseHandle(snapshot)
	parents := map[uint32]uint32{}
	var entry windows.ProcessEntry32
	entry.Size = uint32(unsafe.Sizeof(entry))
	for err = windows.Process32First(snapshot, &entry); err == nil; err = windows.Process32Next(snapshot, &entry) {
		var session uint32
		if strings.EqualFold(windows.UTF16ToString(entry.ExeFile[:]), program) &&
			windows.ProcessIdToSessionId(entry.ProcessID, &session) == nil && session == own {
			parents[entry.ProcessID] = entry.ParentProcessID
		}
	}
	if !errors.Is(err, windows.ERROR_NO_MORE_FILES) {
		return nil, fmt.Errorf("Process32Next: %w", err)
	}
	return parents, nil
}

var errEnded = errors.New("the process has ended")

// open looks at the process with that PID. It fails where there is none any more.
func open(pid uint32) (winProcess, error) {
	handle, err := windows.OpenProcess(windows.PROCESS_QUERY_LIMITED_INFORMATION|windows.SYNCHRONIZE, false, pid)
	if err != nil {
		return winProcess{}, fmt.Errorf("OpenProcess: %w", err)
	}
	defer windows.CloseHandle(handle)
	if event, err := windows.WaitForSingleObject(handle, 0); err != nil || event == windows.WAIT_OBJECT_0 {
		return winProcess{}, errEnded
	}
	p := winProcess{pid: pid}
	var ended, kernel, user windows.Filetime
	if err := windows.GetProcessTimes(handle, &p.started, &ended, &kernel, &user); err != nil {
		return winProcess{}, fmt.Errorf("GetProcessTimes: %w", err)
	}
	path := make([]uint16, 32<<10) // the longest that Windows has
	size := uint32(len(path))
	if err := windows.QueryFullProcessImageName(handle, 0, &path[0], &size); err != nil {
		return winProcess{}, fmt.Errorf("QueryFullProcessImageName: %w", err)
	}
	p.exe = windows.UTF16ToString(path[:size])
	return p, nil
}

// gone: a process that ended has no PID any more, or its PID is another's. None, PID 0, is an invalid one.
func (p winProcess) gone(context.Context) bool {
	now, err := open(p.pid)
	if err != nil {
		return errors.Is(err, errEnded) || errors.Is(err, windows.ERROR_INVALID_PARAMETER)
	}
	return now != p
}

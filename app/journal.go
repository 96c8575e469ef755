package app

import (
	"fmt"
	"strings"
	"time"

	"fermata/checks"
	"fermata/checks/cause"
)

// A journal has the last changes of what is so, for the report.
type journal struct {
	lines []string // the oldest first
	last  string
}

// keeps is how many changes a journal has room for.
const keeps = 50

// note adds what v says, if it says anything new. Only what causes are called gets in, and no text of a
// provider.
func (j *journal) note(now time.Time, v View) {
	var parts []string
	for _, a := range v.Status.Accounts {
		cause := "well"
		if a.Cause != nil {
			cause = *a.Cause
		} else if a.Level != checks.OK {
			cause = a.Level.String()
		}
		parts = append(parts, "session "+cause)
	}
	parts = append(parts, "clock "+v.Status.Clock.Level.String())
	line := strings.Join(parts, ", ")
	if line == j.last {
		return
	}
	j.last = line
	j.lines = append(j.lines, fmt.Sprintf("%s  %s", now.UTC().Format(time.RFC3339), line))
	if len(j.lines) > keeps {
		j.lines = j.lines[len(j.lines)-keeps:]
	}
}

// isSignIn reports whether an action signs in.
func isSignIn(action string) bool {
	return strings.HasSuffix(action, "/"+string(cause.SignIn)) || strings.HasSuffix(action, "/"+string(cause.Permissions)) || action == "app/connect"
}

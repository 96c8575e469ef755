package command

import "testing"

func TestNearest(t *testing.T) {
	names := []string{"status", "clock", "login", "logout", "refresh", "do", "demo", "token", "inspect", "report", "version"}
	for word, want := range map[string]string{
		"stauts": "status", "stat": "status", "logn": "login", "lgoout": "logout", "refrehs": "refresh", "dmeo": "demo",
		"xyzzy": "", "": "", "q": "", "uninstall": "",
	} {
		if got := nearest(word, names); got != want {
			t.Errorf("%q: %q, want %q", word, got, want)
		}
	}
}

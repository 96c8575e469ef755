package files

import "testing"

func TestState(t *testing.T) {
	t.Setenv("HOME", "/home/jane")
	for value, want := range map[string]string{"": "/home/jane/.local/state/fermata", "relative": "/home/jane/.local/state/fermata", "/x": "/x/fermata"} {
		t.Setenv("XDG_STATE_HOME", value)
		if got, err := State(); err != nil || got != want {
			t.Errorf("%q: %q, %v; want %q", value, got, err, want)
		}
	}
	t.Setenv("HOME", "")
	t.Setenv("XDG_STATE_HOME", "")
	if got, err := State(); err == nil {
		t.Errorf("without a home: %q", got)
	}
}

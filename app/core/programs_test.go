package core_test

import (
	"reflect"
	"testing"
	"time"

	"fermata/app/config"
	"fermata/app/core"
	"fermata/checks/programs"
)

// A change of a token file, or of what the settings say of them, has the programs looked at, and nothing else.
func TestProgramsAreLookedAtWhenTold(t *testing.T) {
	at := core.At{Elapsed: time.Hour, True: time.Unix(1795601651, 0)}
	s := core.New(at, core.Settings{Config: config.Default()}, nil, nil, true)
	s.Step(at, core.Woke{})
	s.Step(at, core.Looked{Name: "clock", Next: time.Hour})
	s.Step(at, core.Looked{Name: "programs", Facts: &programs.List{}})
	looks := func(e core.Event) (all []string) {
		for _, effect := range s.Step(at, e) {
			if look, ok := effect.(core.Look); ok {
				all = append(all, look.Name)
			}
		}
		s.Step(at, core.Looked{Name: "programs", Facts: &programs.List{}})
		return all
	}
	other := config.Default()
	other.Programs = []programs.Setting{{Name: "bot", Path: "/bot"}}
	for _, tt := range []struct {
		event core.Event
		want  []string
	}{
		{core.Woke{}, nil},
		{core.Changed{Programs: true}, []string{"programs"}},
		{core.Reloaded{Settings: core.Settings{Config: config.Default()}}, nil},
		{core.Reloaded{Settings: core.Settings{Config: other}}, []string{"programs"}},
		{core.Reloaded{Settings: core.Settings{Config: other}}, nil},
	} {
		if got := looks(tt.event); !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%+v: looks %v, want %v", tt.event, got, tt.want)
		}
	}
}

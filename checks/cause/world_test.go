package cause

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"fermata/checks"
	"fermata/checks/clock"
	"fermata/checks/session"
	"fermata/checks/spotify"
	"fermata/checks/standin"
	"fermata/checks/standin/standintest"
)

// A life is an account over the stand-in, and the checks that give the evidence.
type life struct {
	t       *testing.T
	world   *standin.World
	keeper  *standintest.Keeper
	account *session.Account
	clock   *clock.Check
	ask     bool
}

// start is Fermata's: what is not kept is lost.
func (l *life) start() {
	l.account = session.New(session.Config{
		Name: "spotify", ClientID: standin.ClientID, Provider: spotify.Provider(), Ask: l.ask,
	}, l.world.Transport(), standintest.Time(), l.keeper)
}

// live runs the account for d, and returns the evidence.
func (l *life) live(d time.Duration) Evidence {
	l.t.Helper()
	f := standintest.Live(l.t, l.account, d)
	e := Evidence{Now: time.Now(), Provider: "Spotify", SessionLife: spotify.SessionLifetime, Session: f, KeyringLocked: l.keeper.Locked}
	e.Clock, _ = l.clock.Look(l.t.Context())
	e.NetworkSeen = e.Clock.Known
	return e
}

func ids(causes []Cause) []string {
	var all []string
	for _, c := range causes {
		all = append(all, c.ID)
	}
	return all
}

// TestTroubles goes through every trouble of the stand-in with a real account on it.
func TestTroubles(t *testing.T) {
	tests := map[string]struct {
		ask   bool // the account renews on a click only
		after time.Duration
		want  []string
	}{
		"end-session":    {ask: true, want: []string{"ended-early"}},
		"revoke":         {want: []string{"revoked"}},
		"six-months":     {want: []string{"grant-ended"}},
		"clock-ahead":    {want: []string{ClockWrong}},
		"lying-server":   {want: nil}, // three honest ones are enough
		"no-network":     {want: []string{"no-network"}},
		"spotify-down":   {want: []string{"provider-down"}},
		"seven-days":     {want: []string{GrantEnds}},
		"signed-out":     {want: []string{"signed-out"}},
		"damaged":        {want: []string{"other-token"}},
		"scopes":         {want: []string{"scopes"}},
		"not-listed":     {want: []string{"not-listed"}},
		"owner-premium":  {want: []string{"owner-premium"}},
		"premium":        {want: []string{"premium"}},
		"unknown-client": {want: []string{"wrong-client"}},
		"redirect":       {want: []string{"redirect"}},
		"rate-limit":     {want: []string{"rate-limit"}},
		"quota":          {want: []string{"quota"}},
		"false-revoke":   {want: []string{"provider-down"}, after: 50 * time.Minute}, // it was asked to renew by then
		"portal":         {want: []string{"portal"}},
		"proxy":          {want: []string{"proxy"}},
		"intercepted":    {want: []string{"intercepted"}},
		"certificate":    {want: []string{"certificate"}},
		"keyring":        {want: []string{Keyring}},
		"unknown":        {want: []string{Unknown}},
		"sign-in-down":   {want: []string{"provider-down"}, after: 50 * time.Minute}, // it was asked to renew by then
		"api-down":       {want: []string{"provider-down"}},
		"unreachable":    {want: []string{"unreachable"}},
		"names":          {want: []string{"no-network"}},
		"shared":         {want: []string{"shared"}},
		"idle":           {want: []string{"idle"}},
		"confirm":        {want: []string{"confirm"}},
		"account-closed": {want: []string{"account-closed"}},
		"refused":        {want: []string{"refused"}},
		"secret-missing": {want: []string{"secret-missing"}},
		"secret-expired": {want: []string{"secret-expired"}},
		"secret-wrong":   {want: []string{"secret-wrong"}},
		"empty-answer":   {want: []string{"odd-answer"}},
		// An account notices nothing of these: TestTroubles of checks/doctor.
		"player-expired": {}, "player-hangs": {}, "hosts-file": {}, "ports": {}, "ipv6": {}, "no-app": {},
		"repair": {want: nil},
	}
	for _, tr := range standin.Troubles() {
		tt, ok := tests[tr.Name]
		if !ok {
			t.Errorf("%s is not tried", tr.Name)
			continue
		}
		t.Run(tr.Name, func(t *testing.T) {
			inWorld(t, tt.ask, func(l *life) {
				if got := causes(l.live(6 * time.Minute)); got != nil {
					t.Fatalf("before: %v", ids(got))
				}
				if err := l.world.Cause(tr.Name); err != nil {
					t.Fatal(err)
				}
				if tr.Name == "keyring" {
					l.start()
				}
				e := l.live(6*time.Minute + tt.after)
				e.NoReturn = tr.Name == "redirect" // the browser stays on Spotify's page, and the app sees nobody come back
				got := causes(e)
				if !slices.Equal(ids(got), tt.want) {
					t.Errorf("got %v, want %v; %+v", ids(got), tt.want, e.Session.Trouble)
				}
				for _, c := range got {
					t.Logf("%d%% %s. %s %q", c.Confidence, c.Title, c.Why, c.Evidence)
				}
			})
		})
	}
}

func inWorld(t *testing.T, ask bool, f func(l *life)) {
	synctest.Test(t, func(t *testing.T) {
		l := &life{t: t, world: standin.NewWorld(4), keeper: &standintest.Keeper{}, ask: ask}
		l.world.Aged = func(d time.Duration) {
			l.keeper.Grant.AuthorizedAt = l.keeper.Grant.AuthorizedAt.Add(-d)
			l.start()
		}
		l.world.Locked = func(locked bool) { l.keeper.Locked = locked }
		l.clock = clock.New(clock.Config{Servers: l.world.Times.Names(), Dial: l.world.Dial, Tolerance: 2 * time.Second, Interval: time.Minute}, standintest.Time())
		l.start()
		standintest.SignIn(t, l.account, l.world.Spotify)
		f(l)
	})
}

// TestTimedOut: a session that renews on a click has run out, and nothing else is wrong.
func TestTimedOut(t *testing.T) {
	inWorld(t, true, func(l *life) {
		if got := ids(causes(l.live(50 * time.Minute))); got != nil {
			t.Errorf("in its time: %v", got)
		}
		for range 2 { // as it nears its end, and after
			if got := ids(causes(l.live(8 * time.Minute))); !slices.Equal(got, []string{"timed-out"}) {
				t.Errorf("got %v", got)
			}
		}
	})
}

// TestOutage: no network goes unmentioned for a while, then it is a warning before the session's end.
func TestOutage(t *testing.T) {
	inWorld(t, false, func(l *life) {
		l.live(40 * time.Minute)
		if err := l.world.Cause("no-network"); err != nil {
			t.Fatal(err)
		}
		down := time.Now()
		var levels []checks.Level
		var at []time.Duration
		for time.Since(down) < 50*time.Minute {
			level, _ := Judge(l.live(10 * time.Second))
			if len(levels) == 0 || levels[len(levels)-1] != level {
				levels, at = append(levels, level), append(at, time.Since(down))
			}
		}
		if !slices.Equal(levels, []checks.Level{checks.OK, checks.Unknown, checks.Warning, checks.Critical}) {
			t.Fatalf("levels %v at %v", levels, at)
		}
		if at[1] < grace || at[2] < 14*time.Minute || at[2] > 16*time.Minute || (at[3]-at[2]-5*time.Minute).Abs() > 15*time.Second {
			t.Errorf("levels %v at %v", levels, at)
		}
	})
}

// TestFalseRevoke: a refusal in an outage is believed once it has lasted an hour.
func TestFalseRevoke(t *testing.T) {
	inWorld(t, false, func(l *life) {
		l.live(time.Minute)
		if err := l.world.Cause("false-revoke"); err != nil {
			t.Fatal(err)
		}
		var told []string
		var refused, believed time.Time
		for range 4 * 60 {
			e := l.live(time.Minute)
			if tr := e.Session.Trouble; tr != nil && tr.Code == "invalid_grant" && refused.IsZero() {
				refused = tr.Since
			}
			got := causes(e)
			if len(got) == 0 {
				continue
			}
			if n := len(told); n == 0 || told[n-1] != got[0].ID {
				told = append(told, got[0].ID)
			}
			if got[0].ID == "revoked" && believed.IsZero() {
				believed = e.Now
			}
		}
		if !slices.Equal(told, []string{"provider-down", "revoked"}) {
			t.Errorf("told %v", told)
		}
		if d := believed.Sub(refused); d < persists || d > persists+2*time.Minute {
			t.Errorf("believed after %v", d)
		}
	})
}

// TestTwo: two troubles at once are both told, in the order in which they are to be mended.
func TestTwo(t *testing.T) {
	for _, tt := range []struct {
		troubles []string
		want     []string
	}{
		{[]string{"clock-ahead", "revoke"}, []string{ClockWrong, "revoked"}},
		{[]string{"intercepted", "clock-ahead"}, []string{ClockWrong, "intercepted"}},
		{[]string{"seven-days", "spotify-down"}, []string{"provider-down", GrantEnds}},
		{[]string{"seven-days", "not-listed"}, []string{"not-listed", GrantEnds}},
		{[]string{"not-listed", "end-session", "no-network"}, []string{"no-network"}},
	} {
		inWorld(t, false, func(l *life) {
			for _, name := range tt.troubles {
				l.live(time.Minute)
				if err := l.world.Cause(name); err != nil {
					t.Fatal(err)
				}
			}
			if got := ids(causes(l.live(10 * time.Minute))); !slices.Equal(got, tt.want) {
				t.Errorf("%v: got %v, want %v", tt.troubles, got, tt.want)
			}
		})
	}
}

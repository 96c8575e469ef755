package spotify_test

import (
	"testing"
	"testing/synctest"
	"time"

	"fermata/checks"
	"fermata/checks/cause"
	"fermata/checks/session"
	"fermata/checks/spotify"
	"fermata/checks/standin"
	"fermata/checks/standin/standintest"
)

func account(s *standin.Spotify) *session.Account {
	return session.New(session.Config{
		Name: "spotify", ClientID: standin.ClientID, Provider: spotify.Provider(),
	}, s.Transport(), standintest.Time(), &standintest.Keeper{})
}

// live runs the account for d, and returns the evidence at its end.
func live(t *testing.T, a *session.Account, d time.Duration) cause.Evidence {
	t.Helper()
	f := standintest.Live(t, a, d)
	return cause.Evidence{Now: time.Now(), Session: f}
}

// judged returns the level and the ID of the cause to be mended first, "" where there is none.
func judged(e cause.Evidence) (checks.Level, string) {
	level, causes := cause.Judge(e)
	if len(causes) == 0 {
		return level, ""
	}
	return level, causes[0].ID
}

// A sign-in's whole life: a day of renewals, ended early, revoked, given again, six months old.
func TestLife(t *testing.T) {
	for _, rotate := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			s := standin.NewSpotify()
			s.Rotate(rotate)
			a := account(s)
			want := func(e cause.Evidence, level checks.Level, first string) session.Facts {
				t.Helper()
				if l, id := judged(e); l != level || id != first {
					t.Errorf("%v %q, want %v %q: %+v", l, id, level, first, e.Session)
				}
				return e.Session
			}
			want(live(t, a, time.Minute), checks.Warning, "not-signed-in")
			standintest.SignIn(t, a, s)
			facts := want(live(t, a, 24*time.Hour), checks.OK, "")
			if facts.User != standin.User || facts.Missing != nil || facts.GrantUntil.IsZero() {
				t.Errorf("facts %+v", facts)
			}
			s.EndSessions()
			want(live(t, a, 6*time.Minute), checks.OK, "")
			s.Revoke()
			facts = want(live(t, a, 6*time.Minute), checks.Critical, "revoked")
			if tr := facts.Trouble; tr == nil || tr.Code != "invalid_grant" || tr.Text != "Refresh token revoked" {
				t.Errorf("trouble %+v", tr)
			}
			standintest.SignIn(t, a, s)
			want(live(t, a, time.Hour), checks.OK, "")
			time.Sleep(150 * 24 * time.Hour) // the computer sleeps
			want(live(t, a, 2*24*time.Hour), checks.Warning, cause.GrantEnds)
			time.Sleep(31 * 24 * time.Hour)
			live(t, a, 2*24*time.Hour)
			facts = want(live(t, a, time.Minute), checks.Critical, "grant-ended")
			if tr := facts.Trouble; tr == nil || tr.Text != "Refresh token expired" {
				t.Errorf("trouble %+v", tr)
			}
			if n := s.Peak("/api/token"); n != 1 {
				t.Errorf("%d requests at once", n)
			}
		})
	}
}

// The edge's texts are an outage, whatever status they come with, and nobody is asked to sign in.
func TestOutage(t *testing.T) {
	for _, body := range []string{"upstream connect error or disconnect/reset before headers", "Jwks doesn't have key to match kid", "Audiences in Jwt are not allowed"} {
		for _, status := range []int{400, 401, 403, 503} {
			synctest.Test(t, func(t *testing.T) {
				s := standin.NewSpotify()
				a := account(s)
				standintest.SignIn(t, a, s)
				s.Override("/", standin.Answer(status, "text/plain", body))
				e := live(t, a, 20*time.Minute)
				if level, id := judged(e); level != checks.Unknown || e.Session.Trouble == nil || e.Session.Trouble.Ask {
					t.Errorf("%d %s: %v %s", status, body, level, id)
				}
				s.Repair()
				if level, id := judged(live(t, a, 15*time.Minute)); level != checks.OK {
					t.Errorf("%d %s: did not heal: %v %s", status, body, level, id)
				}
			})
		}
	}
}

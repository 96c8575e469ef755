package session

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"
)

// signInAs signs in as the user whom the provider calls so from then on; "": it does not say.
func (b *bench) signInAs(t *testing.T, name string) {
	t.Helper()
	b.provider.set(func(p *fakeProvider) {
		p.me = answer(http.StatusOK, "application/json", `{"name":"`+name+`"}`)
		if name == "" {
			p.me = answer(http.StatusServiceUnavailable, "text/plain", "down")
		}
	})
	attempt, query := b.begin(t)
	if err := attempt.Finish(t.Context(), query); err != nil {
		t.Fatal(err)
	}
}

// again is the account as a restart finds it.
func (b *bench) again(t *testing.T) Facts {
	t.Helper()
	f, _ := New(b.config(), b.provider, b.clock, b.keeper).Look(t.Context())
	return f
}

// A sign-in of another user replaces nothing before the person has said so, over a restart neither.
func TestAnotherUser(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.Look(t.Context())
		b.signInAs(t, "Max")
		for what, f := range map[string]Facts{"now": b.facts(), "after a restart": b.again(t)} {
			if f.User != "Max" || f.UserID != other.ID || f.Before != jane || !f.SignedIn || f.Trouble != nil {
				t.Errorf("%s: %+v", what, f)
			}
		}
		if g := *b.keeper.grant; g.Before.RefreshToken != "refresh-0" || g.Before.User != jane || g.RefreshToken != b.provider.refresh || g.User != other {
			t.Errorf("kept %+v", g)
		}
		if err := b.KeepUser(t.Context()); err != nil {
			t.Fatal(err)
		}
		if f := b.again(t); f.User != "Max" || f.Before != (User{}) || b.keeper.grant.Before != (Former{}) {
			t.Errorf("after the answer: %+v, kept %+v", f, b.keeper.grant)
		}
	})
}

// A sign-in of the same user lets the one before go as soon as that is known, and not sooner.
func TestSameUser(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.Look(t.Context())
		b.signInAs(t, "")
		if f := b.facts(); f.Before != (User{}) || f.UserID != "" || b.keeper.grant.Before.RefreshToken != "refresh-0" {
			t.Errorf("whose it is isn't known: %+v, kept %+v", f, b.keeper.grant)
		}
		b.provider.set(func(p *fakeProvider) { p.me = nil })
		time.Sleep(time.Hour)
		b.Look(t.Context())
		if f := b.facts(); f.User != "Jane" || f.Before != (User{}) || b.keeper.grant.Before != (Former{}) {
			t.Errorf("the same user: %+v, kept %+v", f, b.keeper.grant)
		}
		b.signInAs(t, "Jane")
		if b.keeper.grant.Before != (Former{}) || b.keeper.grant.User != jane {
			t.Errorf("the same user at once: kept %+v", b.keeper.grant)
		}
	})
}

// Of a sign-in whose user is not known, nothing can be told.
func TestUserNotKnown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.keeper.grant.User = User{}
		b.signInAs(t, "Max")
		if f := b.facts(); f.Before != (User{}) || b.keeper.grant.Before != (Former{}) || b.keeper.grant.User != other {
			t.Errorf("%+v, kept %+v", f, b.keeper.grant)
		}
	})
}

// Who goes back has the old sign-in again, renewed; where it can't be, both stay.
func TestReturnUser(t *testing.T) {
	for name, c := range map[string]struct {
		change func(p *fakeProvider)
		user   string
		before User
	}{
		"works":            {func(p *fakeProvider) { p.refresh, p.me = "refresh-0", nil }, "Jane", User{}},
		"works, rotates":   {func(p *fakeProvider) { p.refresh, p.me, p.rotate = "refresh-0", nil, true }, "Jane", User{}},
		"is refused":       {func(p *fakeProvider) {}, "Max", jane},
		"can't be asked":   {func(p *fakeProvider) { p.down = &http.MaxBytesError{} }, "Max", jane},
		"can't be written": {func(p *fakeProvider) { p.keeper.fail(errLocked) }, "Max", jane},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBench(t)
				b.Look(t.Context())
				b.signInAs(t, "Max")
				newest := b.provider.refresh
				b.provider.set(c.change)
				err := b.ReturnUser(t.Context())
				b.provider.set(func(p *fakeProvider) { p.down = nil })
				b.keeper.fail(nil)
				if f := b.facts(); (err == nil) != (c.before == User{}) || f.User != c.user || f.Before != c.before || !f.Usable {
					t.Errorf("%v: %+v", err, f)
				}
				b.provider.set(func(p *fakeProvider) { p.me = answer(http.StatusOK, "application/json", `{"name":"`+c.user+`"}`) })
				time.Sleep(time.Hour)
				b.Look(t.Context())
				switch g := *b.keeper.grant; {
				case c.before == User{} && (g.RefreshToken != b.provider.refresh || g.Before != Former{} || g.User != jane):
					t.Errorf("kept %+v", g)
				case c.before != User{} && (g.RefreshToken != newest || g.Before.RefreshToken != "refresh-0"):
					t.Errorf("kept %+v", g)
				}
			})
		})
	}
}

// Signing in as the old user is an answer too; a third user leaves the question of the first.
func TestUserByAnotherSignIn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.Look(t.Context())
		b.signInAs(t, "Max")
		b.signInAs(t, "Ada")
		if f := b.facts(); f.User != "Ada" || f.Before != jane || b.keeper.grant.Before.RefreshToken != "refresh-0" {
			t.Errorf("a third user: %+v, kept %+v", f, b.keeper.grant)
		}
		b.signInAs(t, "Jane")
		if f := b.facts(); f.User != "Jane" || f.Before != (User{}) || b.keeper.grant.Before != (Former{}) {
			t.Errorf("the first again: %+v, kept %+v", f, b.keeper.grant)
		}
		if err := b.ReturnUser(t.Context()); err == nil {
			t.Error("there is nobody to go back to")
		}
	})
}

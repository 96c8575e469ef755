package notify

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"fermata/checks/bustest"

	"github.com/godbus/dbus/v5"
)

// A desk is a Center with what it tells.
type desk struct {
	*Center
	clicks   chan Click
	failures chan error
}

func newDesk(t testing.TB) desk {
	k := desk{clicks: make(chan Click, 100), failures: make(chan error, 100)}
	k.Center = New(func(c Click) { k.clicks <- c }, func(err error) { k.failures <- err })
	t.Cleanup(k.Close)
	return k
}

func next[T any](t testing.TB, from <-chan T) T {
	t.Helper()
	select {
	case got := <-from:
		return got
	case <-time.After(soon):
		t.Fatalf("no %T came", *new(T))
		return *new(T)
	}
}

func none[T any](t testing.TB, from <-chan T) {
	t.Helper()
	select {
	case got := <-from:
		t.Fatalf("got %+v, want nothing", got)
	case <-time.After(quiet):
	}
}

var ended = Notice{
	Key: "spotify/grant", Title: "Sign in to Spotify again", Body: "Spotify no longer accepts this sign-in.", Level: 2,
	Buttons: []Button{{"spotify/login", "Sign in again"}, {"spotify/apps", "Manage apps"}}, Open: Button{"app/open", "Details"}, Instead: "Click the icon.",
}

// worse returns n with another level.
func worse(n Notice, level int) Notice {
	n.Level = level
	return n
}

func TestShowReplaceWithdraw(t *testing.T) {
	bus := bustest.Session(t)
	d := startDaemon(t, bus, nil)
	k := newDesk(t)

	k.Show([]Notice{ended})
	got := d.expect(t, "Notify")
	hints := got.hints
	got.hints = nil
	want := told{
		"Notify", 101, "Fermata", 0, ended.Title, ended.Body,
		[]string{"spotify/login", "Sign in again", "spotify/apps", "Manage apps", "default", "Details"}, nil, -1,
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("told  %+v\nwant %+v", got, want)
	}
	if hints["urgency"].Value() != byte(1) || hints["desktop-entry"].Value() != appID {
		t.Errorf("hints %v", hints)
	}
	icon, ok := hints["image-data"].Value().([]any)
	if want := []any{int32(96), int32(96), int32(96 * 4), true, int32(8), int32(4)}; !ok || len(icon) != 7 || !reflect.DeepEqual(icon[:6], want) {
		t.Errorf("image-data %v, want %v and the pixels", icon, want)
	} else if data := icon[6].([]byte); len(data) != 96*96*4 || bytes.Count(data, []byte{0}) == len(data) {
		t.Errorf("%d bytes of pixels", len(data))
	}

	k.Show([]Notice{ended})
	d.silence(t)

	k.Show([]Notice{worse(ended, Urgent)})
	got = d.expect(t, "Notify")
	if got.replaces != 101 || got.hints["urgency"].Value() != byte(2) || got.expires != 0 {
		t.Errorf("told %+v, want a critical one that replaces 101 and stays", got)
	}

	other := Notice{Key: "clock", Title: "Your clock is 1 min 33 s ahead"}
	k.Show([]Notice{other, worse(ended, Urgent)})
	if got = d.expect(t, "Notify"); got.id != 102 || len(got.actions) != 0 {
		t.Errorf("told %+v, want a new one without actions", got)
	}
	k.Show([]Notice{other})
	if got = d.expect(t, "CloseNotification"); got.id != 101 {
		t.Errorf("withdrew %d, want 101", got.id)
	}
	k.Close()
	if got = d.expect(t, "CloseNotification"); got.id != 102 {
		t.Errorf("withdrew %d at the end, want 102", got.id)
	}
	k.Show([]Notice{ended})
	k.Show(nil)
	d.silence(t)
}

// What was dismissed stays away until it gets worse or happens again.
func TestDismissed(t *testing.T) {
	bus := bustest.Session(t)
	d := startDaemon(t, bus, nil)
	k := newDesk(t)
	fence := Notice{Key: "fence", Title: "fence", Buttons: []Button{{"fence", "Fence"}}}
	k.Show([]Notice{ended, fence})
	id := d.expect(t, "Notify").id
	heard := d.expect(t, "Notify").id
	// dismiss returns when the signal has been heard: the next one has.
	dismiss := func(id, reason uint32) {
		d.emit(t, "NotificationClosed", id, reason)
		d.emit(t, "ActionInvoked", heard, "fence")
		next(t, k.clicks)
	}
	dismiss(id, 2)

	changed := ended
	changed.Body = "another text"
	k.Show([]Notice{changed, fence})
	d.silence(t)

	k.Show([]Notice{worse(changed, 3), fence})
	got := d.expect(t, "Notify")
	if got.replaces != 0 || got.body != "another text" {
		t.Errorf("told %+v, want a new one", got)
	}
	dismiss(got.id, 1)

	k.Show([]Notice{fence})
	d.silence(t) // it was withdrawn by its dismissal
	k.Show([]Notice{fence, ended})
	if got := d.expect(t, "Notify"); got.title != ended.Title || got.replaces != 0 {
		t.Errorf("told %+v, want the next episode", got)
	}
}

// What is to be shown again is a new notification, whether the old one was closed or not.
func TestAgain(t *testing.T) {
	bus := bustest.Session(t)
	d := startDaemon(t, bus, nil)
	k := newDesk(t)
	k.Show([]Notice{ended})
	first := d.expect(t, "Notify").id
	again := ended
	again.Again = 1
	k.Show([]Notice{again})
	if got := d.expect(t, "CloseNotification"); got.id != first {
		t.Errorf("closed %d, want %d", got.id, first)
	}
	second := d.expect(t, "Notify")
	if second.replaces != 0 || second.title != ended.Title {
		t.Errorf("told %+v", second)
	}
	d.emit(t, "NotificationClosed", second.id, uint32(2))
	k.Show([]Notice{again, {Key: "other", Title: "other"}})
	if got := d.expect(t, "Notify"); got.title != "other" {
		t.Errorf("told %+v", got)
	}
	again.Again = 2
	k.Show([]Notice{again, {Key: "other", Title: "other"}})
	if got := d.expect(t, "Notify"); got.replaces != 0 || got.title != ended.Title {
		t.Errorf("after it was closed: told %+v", got)
	}
	d.silence(t)
}

func TestClick(t *testing.T) {
	bus := bustest.Session(t)
	d := startDaemon(t, bus, nil)
	k := newDesk(t)
	k.Show([]Notice{ended, {Key: "plain", Title: "plain"}})
	id := d.expect(t, "Notify").id
	plain := d.expect(t, "Notify").id

	d.emit(t, "ActivationToken", id, "token-1")
	d.emit(t, "ActionInvoked", id, "spotify/apps")
	if got, want := next(t, k.clicks), (Click{ended.Key, "spotify/apps", "token-1"}); got != want {
		t.Errorf("clicked %+v, want %+v", got, want)
	}
	d.emit(t, "ActionInvoked", id, "default")
	if got, want := next(t, k.clicks), (Click{ended.Key, "app/open", ""}); got != want {
		t.Errorf("clicked %+v, want %+v", got, want)
	}
	d.emit(t, "ActionInvoked", id, "no such button")
	d.emit(t, "ActionInvoked", plain, "default")
	none(t, k.clicks)

	changed := ended
	changed.Body = "Signing in…"
	k.Show([]Notice{changed})
	if got := d.expect(t, "CloseNotification").id; got != plain {
		t.Errorf("withdrew %d, want %d", got, plain)
	}
	d.silence(t) // clicked is dealt with
	k.Show(nil)
	if got := d.expect(t, "CloseNotification").id; got != id {
		t.Errorf("withdrew %d, want %d, which the daemon left on the screen", got, id)
	}
}

// Other programs' signals, signals in the daemon's name and malformed ones change nothing.
func TestForeignSignals(t *testing.T) {
	bus := bustest.Session(t)
	d := startDaemon(t, bus, nil)
	k := newDesk(t)
	k.Show([]Notice{ended})
	id := d.expect(t, "Notify").id
	stranger := bus.Connect(t)
	for _, from := range []*dbus.Conn{d.conn, stranger} {
		for _, args := range [][]any{{}, {id}, {"text", id}, {int32(id), "default"}, {id, "default", "more"}, {uint32(0), "default"}, {id + 7, "default"}, {[]string{"a"}, map[string]string{}}} {
			for _, member := range []string{"ActionInvoked", "NotificationClosed", "ActivationToken", "NotificationReplied"} {
				if err := from.Emit(objectPath, service+"."+member, args...); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	// Sent to this program itself, so that no rule of the bus keeps it away.
	for _, name := range clients(t, stranger, d) {
		for _, s := range []struct {
			name string
			body []any
		}{
			{service + ".ActionInvoked", []any{id, "default"}},
			{service + ".NotificationClosed", []any{id, uint32(2)}},
			{busName + ".NameOwnerChanged", []any{service, "", stranger.Names()[0]}},
		} {
			send(t, stranger, name, s.name, s.body...)
		}
	}
	d.emit(t, "NotificationClosed", id, uint32(2), "one too many")
	none(t, k.clicks)
	none(t, k.failures)
	k.Show([]Notice{worse(ended, 1)})
	if got := d.expect(t, "Notify"); got.replaces != id {
		t.Errorf("told %+v, want %d replaced as if nothing had been", got, id)
	}
	d.emit(t, "ActionInvoked", id, "default")
	next(t, k.clicks)
}

// clients returns the unique names of the connections that are neither the caller's nor the daemon's.
func clients(t testing.TB, conn *dbus.Conn, d *daemon) []string {
	t.Helper()
	var all []string
	if err := conn.BusObject().Call(busName+".ListNames", 0).Store(&all); err != nil {
		t.Fatal(err)
	}
	return slices.DeleteFunc(all, func(name string) bool {
		return !strings.HasPrefix(name, ":") || slices.Contains(conn.Names(), name) || slices.Contains(d.conn.Names(), name)
	})
}

func send(t testing.TB, conn *dbus.Conn, to, name string, body ...any) {
	t.Helper()
	dot := strings.LastIndexByte(name, '.')
	m := &dbus.Message{Type: dbus.TypeSignal, Body: body, Headers: map[dbus.HeaderField]dbus.Variant{
		dbus.FieldDestination: dbus.MakeVariant(to), dbus.FieldPath: dbus.MakeVariant(dbus.ObjectPath(objectPath)),
		dbus.FieldInterface: dbus.MakeVariant(name[:dot]), dbus.FieldMember: dbus.MakeVariant(name[dot+1:]),
		dbus.FieldSignature: dbus.MakeVariant(dbus.SignatureOf(body...)),
	}}
	if c := conn.Send(m, nil); c.Err != nil {
		t.Fatal(c.Err)
	}
}

func TestWithoutActions(t *testing.T) {
	bus := bustest.Session(t)
	d := startDaemon(t, bus, func(d *daemon) { d.actions = false })
	k := newDesk(t)
	hostile := ended
	hostile.Body, hostile.Instead = "<b>no & markup</b>", "Type <it>."
	k.Show([]Notice{hostile})
	got := d.expect(t, "Notify")
	if want := "<b>no & markup</b>\nType <it>."; got.body != want || len(got.actions) != 0 {
		t.Errorf("told %q with %q, want %q", got.body, got.actions, want)
	}
}

func TestHostileTexts(t *testing.T) {
	bus := bustest.Session(t)
	d := startDaemon(t, bus, func(d *daemon) { d.markup = true })
	k := newDesk(t)
	k.Show([]Notice{{
		Key: "k\x00\xff", Title: "a\u202eb\n\n<b>", Body: `<a href="x">&amp;$(reboot)` + "\x00\r\n" + strings.Repeat("<", 1<<20),
		Buttons: []Button{{"id", "l\n\u2066l"}},
	}})
	got := d.expect(t, "Notify")
	if got.title != "ab <b>" || got.actions[1] != "l l" {
		t.Errorf("title %q, actions %q", got.title, got.actions)
	}
	text, rest, ok := strings.Cut(got.body, "$(reboot) ")
	if text != `&lt;a href="x"&gt;&amp;amp;` || !ok || strings.Count(rest, "&lt;") != len(strings.TrimSuffix(rest, "…"))/4 || len(rest) > 4*bodyRunes {
		t.Errorf("body %q", got.body)
	}
	// An ID that D-Bus cannot carry spoils that notice alone.
	k.Show(nil)
	d.expect(t, "CloseNotification")
	k.Show([]Notice{{Key: "bad", Title: "bad", Buttons: []Button{{"\xff", "x"}}}, {Key: "good", Title: "good"}})
	if got := d.expect(t, "Notify"); got.title != "good" {
		t.Errorf("told %+v", got)
	}
	next(t, k.failures)
}

// A daemon that refuses a notice is told the others, and is not asked again.
func TestRefused(t *testing.T) {
	bus := bustest.Session(t)
	d := startDaemon(t, bus, nil)
	k := newDesk(t)
	k.Show([]Notice{{Key: "a", Title: "refuse this"}, ended})
	d.expect(t, "Notify")
	if err := next(t, k.failures); !strings.Contains(err.Error(), "too many") {
		t.Error(err)
	}
	d.silence(t)
	k.Show([]Notice{{Key: "a", Title: "but this"}, ended})
	d.expect(t, "Notify")
}

func shortPatience(t testing.TB) {
	usual := patience
	patience = 50 * time.Millisecond
	t.Cleanup(func() { patience = usual })
}

// A daemon that does not answer blocks nobody, is told of once, and what it shows in the end is ours still.
func TestStuckDaemon(t *testing.T) {
	shortPatience(t)
	bus := bustest.Session(t)
	stuck := make(chan struct{})
	d := startDaemon(t, bus, func(d *daemon) { d.stuck.Store(&stuck) })
	k := newDesk(t)
	for level := range 50 {
		k.Show([]Notice{worse(ended, level)})
	}
	if err := next(t, k.failures); !strings.Contains(err.Error(), "has not answered") {
		t.Error(err)
	}
	k.Show([]Notice{ended})
	k.Show(nil)
	none(t, k.failures)
	k.Show([]Notice{ended})
	close(stuck)
	id := d.expect(t, "Notify").id
	d.emit(t, "ActionInvoked", id, "default")
	next(t, k.clicks)
	d.silence(t)
}

func TestDaemonStuckInNotify(t *testing.T) {
	shortPatience(t)
	bus := bustest.Session(t)
	d := startDaemon(t, bus, nil)
	k := newDesk(t)
	first := Notice{Key: "first", Title: "first", Open: Button{"app/open", "Details"}}
	k.Show([]Notice{first})
	known := d.expect(t, "Notify").id
	stuck := make(chan struct{})
	k.Show([]Notice{first})
	d.emit(t, "ActionInvoked", known, "default")
	next(t, k.clicks)
	d.stuck.Store(&stuck)
	k.Show([]Notice{first, ended})
	id := d.expect(t, "Notify").id
	next(t, k.failures)
	k.Show([]Notice{first}) // before its id is known
	d.silence(t)
	close(stuck)
	if got := d.expect(t, "CloseNotification").id; got != id {
		t.Errorf("withdrew %d, want %d", got, id)
	}
}

// A click that comes before the answer that tells the notification's id is kept until then.
func TestClickBeforeTheAnswer(t *testing.T) {
	var clicks []Click
	w := &client{Center: &Center{clicked: func(c Click) { clicks = append(clicks, c) }}, daemon: ":1.7", screen: map[string]onScreen{}}
	const id = uint32(101)
	w.call = &call{Call: &dbus.Call{Body: []any{id}}, about: ended, done: w.shown, late: time.NewTimer(time.Hour)}
	for range maxHeld + 1 {
		w.hear(&dbus.Signal{Sender: ":1.7", Name: service + ".ActionInvoked", Body: []any{id, "spotify/apps"}})
	}
	if len(clicks) != 0 {
		t.Errorf("clicked %+v before the id is known", clicks)
	}
	w.answered()
	if want := (Click{ended.Key, "spotify/apps", ""}); len(clicks) != maxHeld || clicks[0] != want {
		t.Errorf("clicked %+v, want %d times %+v", clicks, maxHeld, want)
	}
}

func TestCloseWithStuckDaemon(t *testing.T) {
	bus := bustest.Session(t)
	stuck := make(chan struct{})
	d := startDaemon(t, bus, func(d *daemon) { d.stuck.Store(&stuck) })
	defer close(stuck)
	k := newDesk(t)
	k.Show([]Notice{ended})
	for len(clients(t, d.conn, d)) == 0 {
		time.Sleep(time.Millisecond)
	}
	begin := time.Now()
	k.Close()
	if took := time.Since(begin); took > 2*time.Second {
		t.Errorf("Close took %v", took)
	}
}

// A new daemon is shown what the old one showed, less what was dismissed.
func TestDaemonRestarts(t *testing.T) {
	bus := bustest.Session(t)
	d := startDaemon(t, bus, nil)
	k := newDesk(t)
	other := Notice{Key: "clock", Title: "clock"}
	k.Show([]Notice{ended, other})
	id := d.expect(t, "Notify").id
	d.expect(t, "Notify")
	d.emit(t, "ActionInvoked", id, "default")
	next(t, k.clicks)
	d.conn.Close()

	d = startDaemon(t, bus, func(d *daemon) { d.actions = false; d.last.Store(50) })
	if got := d.expect(t, "Notify"); got.title != "clock" || got.replaces != 0 {
		t.Errorf("told %+v", got)
	}
	d.silence(t)
	k.Show([]Notice{worse(ended, 3), other})
	if got := d.expect(t, "Notify"); got.replaces != 0 || !strings.HasSuffix(got.body, "\n"+ended.Instead) {
		t.Errorf("told %+v, want it new and with the new daemon's abilities", got)
	}
	none(t, k.failures)
}

func TestDaemonAppearsLater(t *testing.T) {
	bus := bustest.Session(t)
	k := newDesk(t)
	k.Show([]Notice{ended})
	if err := next(t, k.failures); !strings.Contains(err.Error(), "notification daemon") {
		t.Error(err)
	}
	k.Show([]Notice{worse(ended, 3)})
	none(t, k.failures)
	d := startDaemon(t, bus, nil)
	d.expect(t, "Notify")
	d.silence(t)
}

func TestBusStartsDaemon(t *testing.T) {
	bus := bustest.Session(t, bustest.Service{Name: service, Exec: "/usr/bin/env " + startedByBus + "=1 " + os.Args[0]})
	k := newDesk(t)
	conn := bus.Connect(t)
	k.Show([]Notice{ended})
	var owner string
	for deadline := time.Now().Add(soon); owner == ""; time.Sleep(time.Millisecond) {
		if owner = daemonOf(conn); time.Now().After(deadline) {
			t.Fatal("no daemon was started")
		}
	}
	none(t, k.failures)
	bus.Stop() // the daemon ends with its bus
	next(t, k.failures)
}

// The end of the bus is told once, and the next set finds the new bus.
func TestBusRestarts(t *testing.T) {
	bus := bustest.Session(t)
	d := startDaemon(t, bus, nil)
	k := newDesk(t)
	k.Show([]Notice{ended})
	d.expect(t, "Notify")
	bus.Stop()
	next(t, k.failures)
	k.Show([]Notice{ended})
	none(t, k.failures)

	bus = bustest.Session(t)
	d = startDaemon(t, bus, nil)
	k.Show([]Notice{ended})
	if got := d.expect(t, "Notify"); got.replaces != 0 {
		t.Errorf("told %+v", got)
	}
}

// Without a bus nothing is started to get one.
func TestNoBus(t *testing.T) {
	dir := t.TempDir()
	trace := filepath.Join(dir, "ran")
	if err := os.WriteFile(filepath.Join(dir, "dbus-launch"), []byte("#!/bin/sh\n: >"+trace+"\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir)
	t.Setenv("XDG_RUNTIME_DIR", dir)
	for _, address := range []string{"", "autolaunch:", "garbage", "unix:path=" + dir + "/none"} {
		t.Setenv("DBUS_SESSION_BUS_ADDRESS", address)
		k := newDesk(t)
		k.Show([]Notice{ended})
		if err := next(t, k.failures); !strings.Contains(err.Error(), "session bus") {
			t.Error(err)
		}
		k.Close()
	}
	if _, err := os.Stat(trace); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("dbus-launch was run: %v", err)
	}
}

// While there is nothing to show there is no connection that other programs' signals could wake.
func TestNoNoticesNoConnection(t *testing.T) {
	bus := bustest.Session(t)
	d := startDaemon(t, bus, nil)
	k := newDesk(t)
	k.Show(nil)
	time.Sleep(quiet)
	if names := clients(t, d.conn, d); len(names) != 0 {
		t.Errorf("connected as %v for nothing", names)
	}
	k.Show([]Notice{ended})
	d.expect(t, "Notify")
	k.Show(nil)
	d.expect(t, "CloseNotification")
	for deadline := time.Now().Add(soon); len(clients(t, d.conn, d)) != 0; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("still connected")
		}
	}
}

// From the daemon's signal to the call of Clicked.
func BenchmarkClick(b *testing.B) {
	bus := bustest.Session(b)
	d := startDaemon(b, bus, nil)
	k := newDesk(b)
	k.Show([]Notice{ended})
	id := d.expect(b, "Notify").id
	took := make([]time.Duration, 0, b.N)
	for b.Loop() {
		begin := time.Now()
		d.emit(b, "ActionInvoked", id, "spotify/login")
		<-k.clicks
		took = append(took, time.Since(begin))
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds()), "µs-median")
	b.ReportMetric(float64(took[len(took)*95/100].Microseconds()), "µs-95%")
}

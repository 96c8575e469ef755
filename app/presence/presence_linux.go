package presence

import (
	"context"
	"time"

	"github.com/godbus/dbus/v5"

	"fermata/checks/sessionbus"
)

const timeout = 2 * time.Second // for a bus, and who is on it, to answer

const properties = "org.freedesktop.DBus.Properties"

// A source is an object whose properties say that nobody reads notifications.
type source struct {
	conn    *dbus.Conn
	service string
	path    dbus.ObjectPath
	iface   string
	hints   []string // the properties, each a boolean
	signals chan *dbus.Signal
	away    bool
}

func watch(ctx context.Context) <-chan bool {
	tells := make(chan bool)
	go func() {
		defer close(tells)
		session, screen := login(ctx), daemon(ctx)
		away := false
		for {
			if now := session.away || screen.away; now != away {
				away = now
				select {
				case tells <- away:
				case <-ctx.Done():
				}
			}
			select {
			case _, ok := <-session.signals:
				session.heard(ok)
			case _, ok := <-screen.signals:
				screen.heard(ok)
			case <-ctx.Done():
				session.close()
				screen.close()
				return
			}
		}
	}()
	return tells
}

// login is the person's session (org.freedesktop.login1(5)); "auto" is the caller's own, or the one on the
// screen.
func login(ctx context.Context) *source {
	s := &source{service: "org.freedesktop.login1", iface: "org.freedesktop.login1.Session", hints: []string{"LockedHint", "IdleHint"}}
	conn, err := dbus.ConnectSystemBus(dbus.WithContext(ctx))
	if err != nil {
		return s
	}
	asking, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	err = conn.Object(s.service, "/org/freedesktop/login1").CallWithContext(asking, "org.freedesktop.login1.Manager.GetSession", 0, "auto").Store(&s.path)
	if err != nil {
		conn.Close()
		return s
	}
	s.listen(asking, conn)
	return s
}

// daemon is the notification daemon, whose property Inhibited is of version 1.2 of its specification. One that
// starts later may tell, too.
func daemon(ctx context.Context) *source {
	s := &source{service: "org.freedesktop.Notifications", path: "/org/freedesktop/Notifications", iface: "org.freedesktop.Notifications", hints: []string{"Inhibited"}}
	conn, err := sessionbus.Connect(ctx)
	if err != nil {
		return s
	}
	asking, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	s.listen(asking, conn)
	return s
}

// listen hears of changes of the hints, and no other signals, and looks at them once.
func (s *source) listen(ctx context.Context, conn *dbus.Conn) {
	signals := make(chan *dbus.Signal, 16)
	conn.Signal(signals)
	err := conn.AddMatchSignalContext(ctx, dbus.WithMatchSender(s.service), dbus.WithMatchObjectPath(s.path),
		dbus.WithMatchInterface(properties), dbus.WithMatchMember("PropertiesChanged"), dbus.WithMatchArg(0, s.iface))
	if err != nil {
		conn.Close()
		return
	}
	s.conn, s.signals = conn, signals
	s.look()
}

// heard takes a signal, or the end of the bus. Anybody can send one, so the hints themselves are read.
func (s *source) heard(ok bool) {
	if !ok {
		s.close()
		s.signals, s.away = nil, false
		return
	}
	s.look()
}

// look reads the hints. Those that can't be read say nothing.
func (s *source) look() {
	ctx, cancel := context.WithTimeout(s.conn.Context(), timeout)
	defer cancel()
	s.away = false
	for _, hint := range s.hints {
		var v dbus.Variant
		err := s.conn.Object(s.service, s.path).CallWithContext(ctx, properties+".Get", dbus.FlagNoAutoStart, s.iface, hint).Store(&v)
		if on, ok := v.Value().(bool); err == nil && ok && on {
			s.away = true
		}
	}
}

func (s *source) close() {
	if s.conn != nil {
		s.conn.Close()
	}
}

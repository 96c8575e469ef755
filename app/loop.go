package app

import (
	"context"
	"maps"
	"reflect"
	"sync"
	"time"

	"fermata/app/autostart"
	"fermata/checks"
	"fermata/checks/clock"
)

// loop is the state and who changes it. Everything in it belongs to the goroutine of run, except
// send, which the goroutines that it starts use to give back what they found.
type loop struct {
	app   *App
	ctx   context.Context
	quit  context.CancelFunc
	faces []Face
	wg    sync.WaitGroup // looks and actions under way

	watches      []*watch
	running      map[string]*run     // actions under way, by ID
	failed       map[string]failure  // what went wrong with the last run of an action, by ID
	waiting      []*waiter           // who waits for the look after an action
	answer       *answer             // what the last click came to
	quiet        time.Duration       // no notices before this; on Time.Elapsed
	told         map[string]reminder // by the key of their notice, what earlier runs told, and what is put off
	reminders    map[string]reminder // the same with what this run told
	atLogin      bool
	trim         time.Duration     // when to give back memory, on Time.Elapsed; 0: there is nothing to
	trimmed      time.Duration     // when that was last done
	devices      map[string]offers // of each account, for a while
	message      *Message          // what a click brought to light
	messageUntil time.Duration
	helped       *helped
	journal      journal
	base         time.Time     // the origin that the findings reckon with
	reading      clock.Reading // at the last wake, where nobody tells of steps
	shown        *View
}

// A watch is a check and what it last said.
type watch struct {
	check   checks.Check
	config  any // what it was made from, to tell whether it has to be made anew
	finding checks.Finding
	seen    bool
	looking bool
	stale   bool          // something happened since the look began: it says nothing
	due     time.Duration // when to look next, on Time.Elapsed; 0: at once
	idle    bool          // there is no next look
	before  *watch        // in whose place it stands, while that one's last look is under way
	tried   *trial        // what a person tried about it; nil: nothing
	past    past          // an account's
}

// free reports whether no look is under way. Two that renew the same sign-in would spoil it.
func (w *watch) free() bool {
	if w.before != nil && w.before.free() {
		w.before = nil
	}
	return !w.looking && w.before == nil
}

// A run is an action under way.
type run struct {
	cancel context.CancelFunc
	reply  []chan<- error
	shown  bool // a person clicked, rather than a command
}

type failure struct {
	label string
	err   error
	until time.Duration // when it is forgotten
}

// An answer is what a person's click came to: shown for a while after the look that follows, then
// forgotten.
type answer struct {
	action checks.Action
	watch  *watch
	looked bool
	until  time.Duration
}

// A waiter waits until watches have looked after an action.
type waiter struct {
	left  []*watch
	reply chan<- error
	err   error
}

const (
	answerFor   = 12 * time.Second // how long an answer to a click stands
	trimAfter   = 3 * time.Second  // nothing was done, memory is given back
	trimEvery   = time.Minute      // at the most
	failureFor  = 10 * time.Minute // how long a click's failure stands
	afterResume = 5 * time.Second  // what a network needs to come back
)

func newLoop(a *App, ctx context.Context, quit context.CancelFunc, faces []Face) *loop {
	l := &loop{
		app: a, ctx: ctx, quit: quit, faces: faces,
		running: map[string]*run{}, failed: map[string]failure{}, devices: map[string]offers{},
	}
	l.base = l.origin()
	l.atLogin = autostart.On()
	l.told = readReminders(a.setup.Reminders)
	l.reminders = maps.Clone(l.told)
	l.furnish()
	return l
}

func (l *loop) run() {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		l.compare()
		l.look()
		l.show()
		l.thrift()
		timer.Reset(l.wait())
		select {
		case e := <-l.app.events:
			e.happen(l)
		case c, ok := <-l.app.setup.ClockChanges:
			if !ok { // whoever tells of them has ended
				l.app.setup.ClockChanges = nil
				continue
			}
			l.clockChanged(c)
		case _, ok := <-l.app.setup.Networks:
			if !ok {
				l.app.setup.Networks = nil
				continue
			}
			l.joined()
		case <-timer.C:
		case <-l.ctx.Done():
			close(l.app.ended) // an action may wait for an answer
			l.wg.Wait()
			l.close()
			return
		}
	}
}

// farewell is how long the end waits for a request of an account.
const farewell = 5 * time.Second

// close lets requests for tokens come to their end: a refresh token that nobody keeps is lost.
func (l *loop) close() {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(l.ctx), farewell)
	defer cancel()
	for _, w := range l.watches {
		if a, ok := w.check.(*account); ok {
			_ = a.Close(ctx) // there is nobody left to tell
		}
	}
}

func (l *loop) now() time.Duration { return l.app.setup.Time.Elapsed() }

// look starts the looks that are due.
func (l *loop) look() {
	for _, w := range l.watches {
		if !w.free() || w.idle || w.due > l.now() {
			continue
		}
		w.looking, w.stale = true, false
		l.wg.Go(func() {
			f := w.check.Run(l.ctx)
			l.app.send(l.ctx, looked{w, f})
		})
	}
}

// wait is how long nothing is due.
func (l *loop) wait() time.Duration {
	next := l.now() + 24*time.Hour
	for _, w := range l.watches {
		if w.free() && !w.idle {
			next = min(next, w.due)
		}
	}
	if l.answer != nil {
		next = min(next, l.answer.until)
	}
	if l.trim > 0 {
		next = min(next, l.trim)
	}
	if l.message != nil {
		next = min(next, l.messageUntil)
	}
	if l.helped != nil {
		next = min(next, l.helped.until)
	}
	for _, o := range l.devices {
		next = min(next, o.until)
	}
	for _, f := range l.failed {
		next = min(next, f.until)
	}
	if l.quiet > l.now() {
		next = min(next, l.quiet)
	}
	return max(next-l.now(), 0)
}

// thrift gives back memory once what was done is over.
func (l *loop) thrift() {
	if l.trim == 0 || l.trim > l.now() {
		return
	}
	l.trim, l.trimmed = 0, l.now()
	if trim := l.app.setup.Trim; trim != nil {
		trim()
	}
}

// spent says that something was done, which takes memory.
func (l *loop) spent() {
	l.trim = l.now() + trimAfter
	if l.trimmed > 0 {
		l.trim = max(l.trim, l.trimmed+trimEvery)
	}
}

// again asks for a look at w as soon as may be; one under way is thrown away.
func (l *loop) again(w *watch) {
	w.due, w.idle, w.stale = 0, false, true
}

// show makes the view and shows it where it differs.
func (l *loop) show() {
	l.forget()
	s := l.state()
	v := view(s)
	l.showed(s, v)
	if l.shown != nil && reflect.DeepEqual(*l.shown, v) {
		return
	}
	l.shown = &v
	l.journal.note(l.app.setup.Time.Now(), v)
	for _, f := range l.faces {
		f.Show(v)
	}
}

// compare finds, at a wake, what happened to the clock since the last one, on systems where nobody tells
// of it (clock.Watch).
func (l *loop) compare() {
	if l.app.setup.ClockChanges != nil {
		return
	}
	last := l.reading
	l.reading = clock.Read()
	if last.Wall.IsZero() {
		return
	}
	if c := l.reading.Since(last); c.Step.Abs() >= time.Second || c.Slept > 0 {
		l.clockChanged(c)
	}
}

// clockChanged looks again after something that no timer foresees.
func (l *loop) clockChanged(c clock.Change) {
	wait := time.Duration(0)
	if c.Slept > 0 {
		wait = afterResume
	}
	for _, w := range l.watches {
		w.past.changed.ClockSet += c.Step
		w.past.changed.Slept += c.Slept
	}
	l.hasten(wait)
}

// joined looks again on another network.
func (l *loop) joined() {
	for _, w := range l.watches {
		w.past.changed.Network = true
	}
	l.hasten(0)
}

// hasten has everything looked at once wait is over; what is being looked at says nothing any more.
func (l *loop) hasten(wait time.Duration) {
	for _, w := range l.watches {
		w.due, w.idle, w.stale = l.now()+wait, false, w.looking
	}
}

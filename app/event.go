package app

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"fermata/checks"
)

// An event is something that happened, told to the loop.
type event interface{ happen(*loop) }

// looked: a look ended.
type looked struct {
	watch   *watch
	finding checks.Finding
}

func (e looked) happen(l *loop) {
	w := e.watch
	w.looking = false
	l.spent()
	if w.stale { // it began before something that it cannot know of
		return
	}
	w.finding, w.seen = e.finding, true
	w.idle, w.due = e.finding.Next <= 0, l.now()+e.finding.Next
	w.past.learn(e.finding)
	if a := l.answer; a != nil && a.watch == w && !a.looked {
		a.looked, a.until = true, l.now()+answerFor
	}
	l.retime()
	l.judge(w)
	l.waiting = slices.DeleteFunc(l.waiting, func(q *waiter) bool {
		return q.forget(func(left *watch) bool { return left == w })
	})
}

// clicked: somebody wants an action done.
type clicked struct {
	id    string
	ctx   context.Context
	reply chan<- error // nil: nobody waits, so a failure has to be shown
}

func (e clicked) happen(l *loop) {
	action, w, ok := l.offered(e.id)
	if !ok {
		err := checks.WithHint(fmt.Errorf("%q is not on offer now", e.id), "\"fermata status --json\" lists the actions that are.")
		if e.reply != nil {
			e.reply <- err
		}
		return
	}
	if r := l.running[e.id]; r != nil {
		if !action.Again {
			if e.reply == nil {
				r.shown = true
			} else {
				r.reply = append(r.reply, e.reply)
			}
			return
		}
		r.cancel()
		for _, reply := range r.reply {
			reply <- fmt.Errorf("%s: begun anew", action.Label)
		}
	}
	ctx, cancel := context.WithCancel(joined{l.ctx, e.ctx})
	r := &run{cancel: cancel, shown: e.reply == nil}
	if e.reply != nil {
		r.reply = append(r.reply, e.reply)
	}
	l.running[e.id] = r
	delete(l.failed, e.id)
	l.try(w, action)
	l.wg.Go(func() {
		defer cancel()
		err := action.Do(ctx)
		l.app.send(l.ctx, acted{r, action, w, err})
	})
}

// joined ends with the loop and has the values of the click.
type joined struct {
	context.Context
	click context.Context
}

func (j joined) Value(key any) any {
	if v := j.click.Value(key); v != nil {
		return v
	}
	return j.Context.Value(key)
}

// acted: an action ended.
type acted struct {
	run    *run
	action checks.Action
	watch  *watch // whose finding offered it; nil: the app's own
	err    error
}

func (e acted) happen(l *loop) {
	if l.running[e.action.ID] != e.run { // begun anew meanwhile
		if e.err == nil { // it came to its end all the same
			l.lookAgain()
		}
		return
	}
	e.watch = l.current(e.watch, e.err == nil)
	delete(l.running, e.action.ID)
	l.spent()
	if e.err != nil && e.run.shown {
		l.failed[e.action.ID] = failure{e.action.Label, e.err, l.now() + failureFor}
	}
	if e.watch != nil && e.err == nil && e.run.shown {
		l.answer = &answer{action: e.action, watch: e.watch, until: l.now() + failureFor}
	}
	if e.watch != nil {
		e.watch.past.attempted(e.action.ID, e.err)
		e.watch.ended(e.action.ID, e.err)
	}
	await := l.watches
	if e.watch != nil {
		await = []*watch{e.watch}
	}
	for _, reply := range e.run.reply {
		if len(await) == 0 {
			reply <- e.err
			continue
		}
		l.waiting = append(l.waiting, &waiter{slices.Clone(await), reply, e.err})
	}
	l.lookAgain()
}

// lookAgain looks at everything after an action: what mends one may mend the others.
func (l *loop) lookAgain() {
	for _, w := range l.watches {
		l.again(w)
	}
}

// current is the watch that stands in the place of w, whose action ended; nil: there is none any more.
// An account that was made anew meanwhile does not know what the action changed, so it is once more.
func (l *loop) current(w *watch, changed bool) *watch {
	if w == nil || slices.Contains(l.watches, w) {
		return w
	}
	heir := l.named(w.check.Name())
	if heir == nil || !changed {
		return heir
	}
	heir.config = nil
	l.furnish()
	return l.named(w.check.Name())
}

// forget has nobody wait for the looks of some watches any more. It tells who waits when no look is
// left, and reports whether it did.
func (q *waiter) forget(which func(*watch) bool) bool {
	q.left = slices.DeleteFunc(q.left, which)
	if len(q.left) > 0 {
		return false
	}
	q.reply <- q.err
	return true
}

// retime has the accounts look again when true time turned out to be another than they reckoned with:
// what their findings say of times of day is off by as much.
func (l *loop) retime() {
	base := l.origin()
	if base.Sub(l.base).Abs() < time.Second {
		return
	}
	l.base = base
	for _, w := range l.watches {
		if _, ok := w.check.(*account); ok && (w.seen || w.looking) {
			l.again(w)
		}
	}
}

// origin is true time at Elapsed 0, as far as it is known.
func (l *loop) origin() time.Time {
	t := l.app.setup.Time
	return t.Now().Round(0).Add(-t.Elapsed())
}

// forget drops what was shown long enough, and failures of actions that are no longer on offer.
func (l *loop) forget() {
	now := l.now()
	if l.answer != nil && l.answer.until <= now {
		l.answer = nil
	}
	if l.message != nil && l.messageUntil <= now {
		l.message = nil
	}
	if l.helped != nil && l.helped.until <= now {
		l.helped = nil
	}
	maps.DeleteFunc(l.devices, func(_ string, o offers) bool { return o.until <= now })
	maps.DeleteFunc(l.failed, func(id string, f failure) bool {
		_, _, ok := l.offered(id)
		return !ok || f.until <= now
	})
}

// offered finds the action among those on offer now.
func (l *loop) offered(id string) (checks.Action, *watch, bool) {
	for _, w := range l.watches {
		for _, a := range w.finding.Actions {
			if a.ID == id {
				return a, w, true
			}
		}
	}
	for _, a := range append(l.state().Own, l.app.setup.Demo...) {
		if a.ID == id {
			return a, nil, true
		}
	}
	return checks.Action{}, nil, false
}

// reread makes the accounts anew: what is kept of them may have changed behind their backs.
func (l *loop) reread() {
	for _, w := range l.watches {
		if _, account := w.check.(*account); account {
			w.config = nil
		}
	}
	l.furnish()
}

// settling: somebody waits until everything was looked at.
type settling struct{ reply chan<- error }

func (e settling) happen(l *loop) {
	var left []*watch
	for _, w := range l.watches {
		if !w.seen {
			left = append(left, w)
		}
	}
	if len(left) == 0 {
		e.reply <- nil
		return
	}
	l.waiting = append(l.waiting, &waiter{left: left, reply: e.reply})
}

// put changes or reads the state; it is for what has no more to it than that.
type put struct{ change func(*loop) }

func (e put) happen(l *loop) { e.change(l) }

// put makes an action of a change of the loop's state.
func (l *loop) put(change func()) func(context.Context) error {
	return func(ctx context.Context) error { return l.app.send(ctx, put{func(*loop) { change() }}) }
}

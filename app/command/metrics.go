package command

import (
	"io"
	"strconv"
	"strings"
	"time"

	"fermata/app/view"
)

type metricsCommand struct{ at *place }

// Execute implements flags.Commander.
func (c *metricsCommand) Execute([]string) error {
	p := c.at
	s, err := instance(p.running).status(p.ctx)
	if err != nil {
		return err
	}
	var t trueTime
	if err := p.running(p.ctx, &t, "time"); err != nil {
		return err
	}
	_, err = io.WriteString(p.out, metrics(s, t.Now))
	return err
}

// metrics is the status at that time as OpenMetrics 1.0 has it
// (https://prometheus.io/docs/specs/om/open_metrics_spec/), which node_exporter's textfile collector reads too.
// What is not known is left out.
func metrics(s view.Status, now time.Time) string {
	var level, session, grant, cause, offset, bound family
	level.add(float64(s.Clock.Level), "of", "clock")
	for _, a := range s.Accounts {
		level.add(float64(a.Level), "of", "account", "account", a.Name)
		if a.SessionUntil != nil {
			session.add(a.SessionUntil.Sub(now).Seconds(), "account", a.Name)
		}
		if a.GrantUntil != nil {
			grant.add(a.GrantUntil.Sub(now).Seconds(), "account", a.Name, "estimated", strconv.FormatBool(a.GrantEstimated))
		}
		if a.Cause != nil {
			cause.add(1, "account", a.Name, "cause", *a.Cause)
		}
	}
	if s.Clock.OffsetS != nil {
		offset.add(*s.Clock.OffsetS)
	}
	if s.Clock.ErrorS != nil {
		bound.add(*s.Clock.ErrorS)
	}
	return level.text("fermata_level", "How it is: 0 ok, 1 unknown, 2 warning, 3 critical.") +
		session.text("fermata_session_left_seconds", "Time until the session ends, which Fermata renews before.") +
		grant.text("fermata_sign_in_left_seconds", "Time until the sign-in expires.") +
		cause.text("fermata_cause", "1 for what is wrong with an account.") +
		offset.text("fermata_clock_offset_seconds", "True time minus the time of this computer.") +
		bound.text("fermata_clock_error_seconds", "How far off the offset is at most.") +
		"# EOF\n"
}

// A family is the samples of one gauge.
type family []string

var escapeLabel = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`)

// add adds a sample; labels are names and values in turn.
func (f *family) add(value float64, labels ...string) {
	var pairs []string
	for i := 0; i < len(labels); i += 2 {
		pairs = append(pairs, labels[i]+`="`+escapeLabel.Replace(labels[i+1])+`"`)
	}
	*f = append(*f, "{"+strings.Join(pairs, ",")+"} "+strconv.FormatFloat(value, 'g', -1, 64)+"\n")
}

// text is the family under its name; nothing if it has no sample.
func (f family) text(name, help string) string {
	if len(f) == 0 {
		return ""
	}
	return "# TYPE " + name + " gauge\n# HELP " + name + " " + help + "\n" + name + strings.Join(f, name)
}
